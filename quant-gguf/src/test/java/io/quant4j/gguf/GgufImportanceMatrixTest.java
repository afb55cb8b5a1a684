package io.quant4j.gguf;

import static io.quant4j.gguf.GgufBytes.signed32;
import static io.quant4j.gguf.GgufBytes.text;
import static io.quant4j.gguf.GgufBytes.texts;
import static io.quant4j.gguf.GgufBytes.uint32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.error.UnsupportedModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufImportanceMatrixTest {
  private static final String SUMS = "blk.0.attn_q.weight.in_sum2";
  private static final String COUNTS = "blk.0.attn_q.weight.counts";

  private final GgufImportanceMatrix format = new GgufImportanceMatrix();

  @TempDir private Path directory;

  /** The keys of a file, without tensors. */
  private static GgufBytes keys() {
    return GgufBytes.empty()
        .key("general.type", text("imatrix"))
        .key("imatrix.datasets", texts("a.txt"))
        .key("imatrix.chunk_count", uint32(2))
        .key("imatrix.chunk_size", uint32(512));
  }

  /** A file whose data section holds these numbers, 8 of each tensor. */
  private static byte[] withData(GgufBytes file, float... numbers) {
    byte[] bytes = file.data(4 * numbers.length).bytes();
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < numbers.length; i++) {
      data.putFloat(bytes.length - 4 * (numbers.length - i), numbers[i]);
    }
    return bytes;
  }

  private static GgufBytes pair() {
    return keys().tensor(SUMS, 0, 0, 4, 2).tensor(COUNTS, 0, 32, 1, 2);
  }

  private static final float[] GOOD = {1, 2, 3, 4, 5, 6, 7, 8, 10, 0, 0, 0, 0, 0, 0, 0};

  private ImportanceMatrix read(byte[] bytes) throws IOException {
    return format.read(Files.write(directory.resolve("x.gguf"), bytes));
  }

  private QuantException assertRefused(byte[] bytes, String... words) {
    return ImportanceRefusal.assertRefused(
        format, directory.resolve("x.gguf"), bytes, MalformedModelException.class, words);
  }

  @Test
  void goldenFile_isRead() {
    ImportanceMatrix matrix = format.read(GoldenImportance.gguf());

    assertThat(matrix.datasets()).containsExactly("text.txt");
    assertThat(matrix.chunks()).isEqualTo(7);
    assertThat(matrix.chunkTokens()).isEqualTo(64);
    assertThat(matrix.entries()).hasSize(6 * 7);
    Entry down = matrix.find("blk.5.ffn_down.weight").orElseThrow();
    assertThat(down.cols()).isEqualTo(768);
    assertThat(down.counts()).containsExactly(7 * 64);
  }

  @Test
  void goldenFile_writtenAgain_hasItsBytes() {
    Path copy = directory.resolve("copy.gguf");
    format.write(format.read(GoldenImportance.gguf()), copy);

    assertThat(copy).hasSameBinaryContentAs(GoldenImportance.gguf());
    assertThat(directory.toFile().list()).containsExactly("copy.gguf");
  }

  @Test
  void expertsWithCountsOfTheirOwn_areRead() throws IOException {
    Entry entry = read(withData(pair(), GOOD)).find("blk.0.attn_q.weight").orElseThrow();

    assertThat(entry.matrices()).isEqualTo(2);
    assertThat(entry.weights(0)).containsExactly(.1f, .2f, .3f, .4f);
    assertThat(entry.weights(1)).containsExactly(1, 1, 1, 1);
  }

  @Test
  void experts_writtenAndRead_areTheSame() {
    Path file = directory.resolve("experts.gguf");
    ImportanceMatrix matrix =
        new ImportanceMatrix(
            List.of(),
            3,
            512,
            new TreeMap<>(
                Map.of("blk.0.ffn_up_exps.weight", new Entry(new float[6], new float[] {0, 9}))));
    format.write(matrix, file);

    assertThat(format.read(file)).isEqualTo(matrix);
  }

  @Test
  void tensorsOfOtherNames_arePassedOver() throws IOException {
    byte[] bytes = withData(pair().tensor("blk.0.attn_q.weight.in_sum", 0, 64, 1), GOOD_AND_MORE);

    assertThat(read(bytes).entries()).hasSize(1);
  }

  private static final float[] GOOD_AND_MORE = Arrays.copyOf(GOOD, 24);

  @Test
  void fractionalCounts_areRoundedAsUpstreamDoes() throws IOException {
    float[] numbers = GOOD.clone();
    numbers[8] = 9.5f;
    Entry entry = read(withData(pair(), numbers)).find("blk.0.attn_q.weight").orElseThrow();

    assertThat(entry.counts()[0]).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, -1, Float.NEGATIVE_INFINITY})
  void impossibleNumbers_areRefused(float number) {
    float[] sums = GOOD.clone();
    sums[3] = number;
    float[] counts = GOOD.clone();
    counts[9] = number;
    QuantException error = assertRefused(withData(pair(), sums), "number 3 is " + number, SUMS);
    assertRefused(withData(pair(), counts), "number 1 is " + number, COUNTS);
    int data = pair().data(64).bytes().length - 64;
    assertThat(error.offset()).hasValue(data + 3 * 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"imatrix.datasets", "imatrix.chunk_count", "imatrix.chunk_size"})
  void missingKey_isRefused(String key) {
    assertRefused(withData(pair().without(key), GOOD), "the key is missing", key);
  }

  @Test
  void keysOfOtherTypes_areRefused() {
    assertRefused(withData(pair().key("imatrix.datasets", text("x")), GOOD), "array of strings");
    assertRefused(
        withData(pair().key("imatrix.chunk_size", signed32(-1)), GOOD), "is not between 0");
  }

  @Test
  void model_isRefusedAsSuch() {
    QuantException error =
        assertRefused(GgufBytes.llamaWithTensors().bytes(), "no importance matrix", "'model'");
    assertThat(error.remedy()).contains("llama-imatrix");
  }

  @Test
  void fileWithoutEntries_isRefused() {
    assertRefused(keys().bytes(), "holds no entries");
  }

  @Test
  void halfAnEntry_isRefused() {
    assertRefused(withData(keys().tensor(SUMS, 0, 0, 4, 2), GOOD), "there are no counts beside it");
    assertRefused(withData(keys().tensor(COUNTS, 0, 0, 1, 2), GOOD), "there are no sums beside it");
  }

  @Test
  void sumsThatDoNotDivide_areRefused() {
    GgufBytes file = keys().tensor(SUMS, 0, 0, 7).tensor(COUNTS, 0, 32, 2);
    assertRefused(withData(file, GOOD), "7 sums do not divide over 2 counts");
  }

  @Test
  void emptyTensor_isRefused() {
    GgufBytes file = keys().tensor(SUMS, 0, 0, 0).tensor(COUNTS, 0, 0, 1);
    assertRefused(withData(file, GOOD), "the tensor is empty");
  }

  @Test
  void tensorOfAnotherFormat_isRefused() {
    GgufBytes file = keys().tensor(SUMS, 1, 0, 8).tensor(COUNTS, 0, 32, 1);
    assertRefused(withData(file, GOOD), "of type F16 instead of F32");
  }

  @Test
  void hostileSizes_areRefusedWithoutAllocation() {
    GgufBytes file = keys().tensor(SUMS, 0, 0, 1L << 40).tensor(COUNTS, 0, 1L << 42, 1);
    assertRefused(withData(file, GOOD), "the tensor takes bytes");
  }

  @Test
  void everyTruncation_isRefused() {
    byte[] valid = withData(pair(), GOOD);
    int padding = 6 * Float.BYTES;
    for (int length = 0; length < valid.length - padding; length++) {
      assertRefused(Arrays.copyOf(valid, length), "file");
    }
  }

  @Test
  void nameThatIsTooLong_isRefused() {
    ImportanceMatrix matrix =
        new ImportanceMatrix(
            List.of(),
            1,
            512,
            new TreeMap<>(Map.of("n".repeat(56), new Entry(new float[1], new float[1]))));
    assertThatThrownBy(() -> format.write(matrix, directory.resolve("x.gguf")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("64 bytes");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void matrixThatCannotBeExpressed_isRefused() {
    ImportanceMatrix empty = new ImportanceMatrix(List.of(), 1, 512, new TreeMap<>());
    ImportanceMatrix unknownWindows =
        new ImportanceMatrix(
            List.of(), 1, 0, new TreeMap<>(Map.of("a", new Entry(new float[1], new float[1]))));
    assertThatThrownBy(() -> format.write(empty, directory.resolve("x.gguf")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no entries");
    assertThatThrownBy(() -> format.write(unknownWindows, directory.resolve("x.gguf")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("withChunkTokens");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void format_isFoundByContentAndName() {
    assertThat(format.recognizes(Path.of("x"), new byte[] {'G', 'G', 'U', 'F'})).isTrue();
    assertThat(format.recognizes(Path.of("x.dat"), new byte[] {1, 0, 0, 0})).isFalse();
    assertThat(format.writes(Path.of("X.GGUF"))).isTrue();
    assertThat(format.writes(Path.of("x.dat"))).isFalse();
  }
}
