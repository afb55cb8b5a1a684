package io.quant4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.QuantException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LegacyImportanceMatrixTest {
  private static final String NAME = "blk.0.attn_q.weight";

  private final LegacyImportanceMatrix format = new LegacyImportanceMatrix();

  @TempDir private Path directory;

  /** A file written field by field. */
  private static final class Bytes {
    private final ByteBuffer buffer = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

    Bytes ints(int... values) {
      for (int value : values) {
        buffer.putInt(value);
      }
      return this;
    }

    Bytes text(String value) {
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      buffer.putInt(utf8.length).put(utf8);
      return this;
    }

    Bytes floats(float... values) {
      for (float value : values) {
        buffer.putFloat(value);
      }
      return this;
    }

    byte[] array() {
      return Arrays.copyOf(buffer.array(), buffer.position());
    }
  }

  private static Bytes oneEntry() {
    return new Bytes().ints(1).text(NAME).ints(4, 3).floats(2, 4, 8);
  }

  private ImportanceMatrix read(byte[] bytes) throws IOException {
    return format.read(Files.write(directory.resolve("x.dat"), bytes));
  }

  private QuantException assertRefused(byte[] bytes, String... words) {
    return ImportanceRefusal.assertRefused(
        format, directory.resolve("x.dat"), bytes, MalformedModelException.class, words);
  }

  @Test
  void goldenMatrix_hasTheBytesOfUpstream() throws IOException, NoSuchAlgorithmException {
    Path file = directory.resolve("imatrix.dat");
    format.write(new GgufImportanceMatrix().read(GoldenImportance.gguf()), file);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));

    assertThat(HexFormat.of().formatHex(hash)).isEqualTo(GoldenImportance.legacyHash());
  }

  @Test
  void goldenMatrix_readAgain_hasTheMeansOfTheOther() {
    Path file = directory.resolve("imatrix.dat");
    ImportanceMatrix gguf = new GgufImportanceMatrix().read(GoldenImportance.gguf());
    format.write(gguf, file);
    ImportanceMatrix read = format.read(file);

    assertThat(read.chunks()).isEqualTo(gguf.chunks());
    assertThat(read.chunkTokens()).isZero();
    assertThat(read.datasets()).isEqualTo(gguf.datasets());
    assertThat(read.entries().keySet()).isEqualTo(gguf.entries().keySet());
    gguf.entries()
        .forEach((name, entry) -> {
          float[] means = read.find(name).orElseThrow().weights(0);
          float[] expected = entry.weights(0);
          for (int i = 0; i < means.length; i++) {
            // Two roundings: times the windows, and divided by them.
            assertThat(means[i])
                .isBetween(expected[i] * (1 - 0x1p-22f), expected[i] * (1 + 0x1p-22f));
          }
        });
  }

  @Test
  void fileWrittenAgain_hasItsBytes() throws IOException {
    byte[] bytes = oneEntry().ints(7).text("a.txt").array();
    Path copy = directory.resolve("copy.dat");
    format.write(read(bytes), copy);

    assertThat(copy).hasBinaryContent(bytes);
  }

  @Test
  void entry_isItsMeanTimesWindows() throws IOException {
    ImportanceMatrix matrix = read(oneEntry().ints(7).text("a.txt").array());

    assertThat(matrix.chunks()).isEqualTo(7);
    assertThat(matrix.datasets()).containsExactly("a.txt");
    assertThat(matrix.find(NAME).orElseThrow().weights(0)).containsExactly(.5f, 1, 2);
  }

  @Test
  void fileWithoutTrailer_isRead() throws IOException {
    ImportanceMatrix matrix = read(oneEntry().array());

    assertThat(matrix.chunks()).isZero();
    assertThat(matrix.datasets()).isEmpty();
    assertThat(matrix.find(NAME)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -3})
  void entryWithoutWindows_holdsMeans(int windows) throws IOException {
    byte[] bytes = new Bytes().ints(1).text(NAME).ints(windows, 2).floats(2, 4).array();

    assertThat(read(bytes).find(NAME).orElseThrow().weights(0)).containsExactly(2, 4);
  }

  @Test
  void everyTruncation_isRefused() {
    byte[] valid = oneEntry().ints(7).text("a.txt").array();
    int withoutTrailer = oneEntry().array().length;
    for (int length = 0; length < valid.length; length++) {
      if (length != withoutTrailer) {
        QuantException error = assertRefused(Arrays.copyOf(valid, length), "the file ends inside");
        assertThat(error.offset()).isPresent();
      }
    }
  }

  @Test
  void bytesAfterTheEnd_areRefused() {
    assertRefused(oneEntry().ints(7).text("a.txt").ints(1).array(), "4 bytes follow the end");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void noEntries_areRefused(int count) {
    assertRefused(new Bytes().ints(count).array(), "a file of " + count + " entries");
  }

  @Test
  void hostileLengths_areRefusedWithoutAllocation() {
    assertRefused(new Bytes().ints(Integer.MAX_VALUE, Integer.MAX_VALUE).array(), "ends inside");
    assertRefused(new Bytes().ints(1, -1).array(), "has a length of -1 bytes");
    assertRefused(new Bytes().ints(1, 0).array(), "has a length of 0 bytes");
    Bytes values = new Bytes().ints(1).text(NAME).ints(4, Integer.MAX_VALUE);
    assertRefused(values.array(), "needs 8589934588 bytes and 0 are left");
    assertRefused(new Bytes().ints(1).text(NAME).ints(4, 0).array(), "has 0 values");
    assertRefused(new Bytes().ints(1).text(NAME).ints(4, -1).array(), "has -1 values");
    assertRefused(oneEntry().ints(7, -1).array(), "has a length of -1 bytes");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, -1})
  void impossibleNumbers_areRefused(float number) {
    byte[] bytes = new Bytes().ints(1).text(NAME).ints(4, 2).floats(1, number).array();
    QuantException error = assertRefused(bytes, "number 1 is " + number, NAME);
    assertThat(error.offset()).hasValue(bytes.length - 4);
  }

  @Test
  void nameTwice_isRefused() {
    Bytes file = new Bytes().ints(2);
    assertRefused(
        file.text(NAME).ints(1, 1).floats(1).text(NAME).ints(1, 1).floats(1).array(),
        "'" + NAME + "' occurs twice");
  }

  @Test
  void nameThatIsNotUtf8_isRefused() {
    assertRefused(new Bytes().ints(1, 4, 0xffff_ffff, 1, 1, 1).array(), "is not UTF-8");
  }

  @Test
  void expertWithoutTokens_isWrittenAsOnes() {
    Path file = directory.resolve("x.dat");
    format.write(
        matrix(512, new Entry(new float[] {1024, 2048, 0, 0}, new float[] {1024, 0})), file);
    Entry read = format.read(file).find(NAME).orElseThrow();

    assertThat(read.counts()).containsExactly(2);
    assertThat(read.sums()).containsExactly(2, 4, 2, 2);
  }

  @Test
  void entryThatSawNothing_isLeftOut() {
    Entry nothing = new Entry(new float[2], new float[1]);
    ImportanceMatrix both =
        new ImportanceMatrix(
            List.of(),
            1,
            512,
            new TreeMap<>(
                Map.of(NAME, new Entry(new float[] {1, 2}, new float[] {9}), "b", nothing)));
    Path file = directory.resolve("x.dat");
    format.write(both, file);

    assertThat(format.read(file).entries()).containsOnlyKeys(NAME);
    assertThatThrownBy(() -> format.write(matrix(512, nothing), file))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("saw anything");
  }

  private static ImportanceMatrix matrix(int chunkTokens, Entry entry) {
    return new ImportanceMatrix(List.of(), 1, chunkTokens, new TreeMap<>(Map.of(NAME, entry)));
  }

  @Test
  void format_isFoundByContentAndName() {
    byte[] head = Arrays.copyOf(oneEntry().array(), 16);
    byte[] html = "<!doctype html><".getBytes(StandardCharsets.UTF_8);
    byte[] gguf = {'G', 'G', 'U', 'F', 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};

    assertThat(format.recognizes(Path.of("imatrix"), head)).isTrue();
    assertThat(format.recognizes(Path.of("imatrix.gguf"), head)).isTrue();
    assertThat(format.recognizes(Path.of("imatrix"), html)).isFalse();
    assertThat(format.recognizes(Path.of("imatrix.DAT"), html)).isTrue();
    assertThat(format.recognizes(Path.of("imatrix.dat"), gguf)).isFalse();
    assertThat(format.recognizes(Path.of("imatrix.dat"), new byte[0])).isFalse();
    assertThat(format.writes(Path.of("imatrix.DAT"))).isTrue();
    assertThat(format.writes(Path.of("imatrix.gguf"))).isFalse();
  }
}
