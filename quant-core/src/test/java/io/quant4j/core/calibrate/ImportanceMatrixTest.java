package io.quant4j.core.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceMatrix.Coverage;
import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MissingExtensionException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportanceMatrixTest {
  @TempDir private Path directory;

  private static Entry entry(float[] sums, float... counts) {
    return new Entry(sums, counts);
  }

  private static float[] sums(float... values) {
    return values;
  }

  private static ImportanceMatrix matrix(int chunkTokens, String dataset, Map<String, Entry> e) {
    return new ImportanceMatrix(List.of(dataset), 1, chunkTokens, new TreeMap<>(e));
  }

  @Test
  void weights_areMeansOrOnes() {
    Entry experts = entry(sums(2, 4, 0, 0), 4, 0);

    assertThat(experts.weights(0)).containsExactly(.5f, 1);
    assertThat(experts.weights(1)).containsExactly(1, 1);
  }

  @Test
  void entryWithoutSums_cannotExist() {
    assertThatThrownBy(() -> entry(sums(), 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> entry(sums(1, 2, 3), 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void merge_addsSumsAndCounts() {
    ImportanceMatrix merged =
        ImportanceMatrix.merge(
            List.of(
                matrix(4, "a", Map.of("x", entry(sums(1, 2), 8), "y", entry(sums(1), 4))),
                matrix(4, "b", Map.of("x", entry(sums(10, 20), 12))),
                matrix(4, "a", Map.of("z", entry(sums(5), 4)))));

    assertThat(merged.entries())
        .isEqualTo(
            Map.of("x", entry(sums(11, 22), 20), "y", entry(sums(1), 4), "z", entry(sums(5), 4)));
    assertThat(merged.datasets()).containsExactly("a", "b");
    assertThat(merged.chunks()).isEqualTo(5);
    assertThat(merged.chunkTokens()).isEqualTo(4);
  }

  @Test
  void merge_spreadsACountThatExpertsShare() {
    Map<String, Entry> shared = Map.of("x", entry(sums(1, 2, 3, 4), 8));
    Map<String, Entry> own = Map.of("x", entry(sums(1, 1, 1, 1), 2, 6));
    Map<String, Entry> both = Map.of("x", entry(sums(2, 3, 4, 5), 10, 14));

    assertThat(merge(shared, own)).isEqualTo(both);
    assertThat(merge(own, shared)).isEqualTo(both);
  }

  private static Map<String, Entry> merge(Map<String, Entry> one, Map<String, Entry> other) {
    return ImportanceMatrix.merge(List.of(matrix(4, "a", one), matrix(4, "b", other))).entries();
  }

  @Test
  void merge_ofOtherSizes_namesTheEntry() {
    Map<String, Entry> two = Map.of("x", entry(sums(1, 2), 8));
    Map<String, Entry> three = Map.of("x", entry(sums(1, 2, 3), 8));
    Map<String, Entry> experts2 = Map.of("x", entry(sums(1, 2, 3, 4, 5, 6), 8, 8));
    Map<String, Entry> experts3 = Map.of("x", entry(sums(1, 2, 3, 4, 5, 6), 8, 8, 8));

    assertThatThrownBy(() -> merge(two, three))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContainingAll("1 x 2 columns", "1 x 3 columns", "'x'");
    assertThatThrownBy(() -> merge(experts2, experts3)).isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> ImportanceMatrix.merge(List.of()))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void merge_takesWindowsOfUnknownLengthForThoseOfTheOther() {
    Map<String, Entry> legacy = Map.of("x", entry(sums(6), 3));
    Map<String, Entry> tokens = Map.of("x", entry(sums(100), 20));
    ImportanceMatrix merged =
        ImportanceMatrix.merge(List.of(matrix(0, "a", legacy), matrix(10, "b", tokens)));

    assertThat(merged.entries()).isEqualTo(Map.of("x", entry(sums(160), 50)));
    assertThat(merged.chunkTokens()).isEqualTo(10);
    assertThat(merged.chunks()).isEqualTo(5);
  }

  @Test
  void withChunkTokens_keepsMeans() {
    ImportanceMatrix known = matrix(0, "a", Map.of("x", entry(sums(6, 3), 3))).withChunkTokens(512);

    assertThat(known.entries()).isEqualTo(Map.of("x", entry(sums(3072, 1536), 1536)));
    assertThat(known.chunkTokens()).isEqualTo(512);
    assertThat(known.withChunkTokens(64)).isSameAs(known);
  }

  @Test
  void withExpertPrior_drawsRareExpertsToTheMean() {
    ImportanceMatrix experts =
        matrix(512, "a", Map.of("x", entry(sums(30, 90, 2, 0, 0, 0), 30, 2, 0)));
    Entry steadied = experts.withExpertPrior(8).find("x").orElseThrow();

    // The mean over all 32 tokens is (1, 2.8125).
    assertThat(steadied.counts()).containsExactly(38, 10, 8);
    assertThat(steadied.sums()).containsExactly(38, 112.5f, 10, 22.5f, 8, 22.5f);
    assertThat(steadied.weights(2)).containsExactly(1, 2.8125f);
    assertThat(experts.withExpertPrior(0)).isEqualTo(experts);
  }

  @Test
  void withExpertPrior_leavesOthersAlone() {
    ImportanceMatrix others =
        matrix(512, "a", Map.of("x", entry(sums(3), 3), "y", entry(sums(0, 0), 0, 0)));

    assertThat(others.withExpertPrior(8)).isEqualTo(others);
  }

  @Test
  void forShape_tellsWhetherAnEntryFits() {
    Entry shared = entry(sums(1, 2, 3, 4, 5, 6), 7);
    Entry own = entry(sums(1, 2, 3, 4, 5, 6), 7, 8);

    assertThat(shared.forShape(Shape.of(9, 6))).contains(shared);
    assertThat(shared.forShape(Shape.of(2, 9, 3))).contains(entry(shared.sums(), 7, 7));
    assertThat(own.forShape(Shape.of(2, 9, 3))).contains(own);
    assertThat(own.fits(Shape.of(9, 6))).isFalse();
    assertThat(own.fits(Shape.of(3, 9, 2))).isFalse();
    assertThat(shared.fits(Shape.of(9, 7))).isFalse();
    assertThat(shared.fits(Shape.of(6))).isFalse();
    assertThat(shared.fits(Shape.of(0, 6))).isFalse();
  }

  @Test
  void coverage_namesWhatDoesNotMatch() {
    ImportanceMatrix matrix =
        matrix(
            512,
            "a",
            Map.of(
                "fits", entry(sums(1, 2), 1), "wide", entry(sums(1), 1), "z", entry(sums(1), 1)));

    assertThat(
            matrix.coverage(
                Map.of("fits", Shape.of(5, 2), "wide", Shape.of(5, 2), "new", Shape.of(5, 2))))
        .isEqualTo(new Coverage(List.of("new"), List.of("wide"), List.of("z")));
  }

  @Test
  void file_isReadByItsContent() throws IOException {
    ImportanceMatrix golden = GoldenImatrix.matrix();
    Path legacyNamedGguf = directory.resolve("a.gguf");
    Path ggufWithoutName = directory.resolve("imatrix");
    golden.write(legacyNamedGguf, "dat");
    golden.write(ggufWithoutName, "gguf");

    assertThat(ImportanceMatrix.read(legacyNamedGguf).chunkTokens()).isZero();
    assertThat(ImportanceMatrix.read(ggufWithoutName)).isEqualTo(golden);
    assertThat(Files.size(legacyNamedGguf)).isLessThan(Files.size(ggufWithoutName));
  }

  @Test
  void file_isWrittenInTheFormatOfItsName() {
    ImportanceMatrix golden = GoldenImatrix.matrix();
    golden.write(directory.resolve("a.gguf"));
    golden.write(directory.resolve("a.dat"));

    assertThat(ImportanceMatrix.read(directory.resolve("a.gguf"))).isEqualTo(golden);
    assertThat(ImportanceMatrix.read(directory.resolve("a.dat")).chunkTokens()).isZero();
    assertThatThrownBy(() -> golden.write(directory.resolve("a.txt")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(".gguf or .dat");
    assertThatThrownBy(() -> golden.write(directory.resolve("a.txt"), "xml"))
        .isInstanceOf(MissingExtensionException.class)
        .hasMessageContaining("[dat, gguf]");
  }

  @Test
  void fileOfNoFormat_isRefused() throws IOException {
    Path html = Files.writeString(directory.resolve("imatrix"), "<!doctype html><html>");

    assertThatThrownBy(() -> ImportanceMatrix.read(html))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("HTML page");
    assertThatThrownBy(() -> ImportanceMatrix.read(directory.resolve("none")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no such file");
  }
}
