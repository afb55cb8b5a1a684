package io.quant4j.core.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.BlockFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tensors of published models (and two synthetic ones) decode to what gguf-py makes of them. A file
 * holds four 32-bit integers (type id, elements, bytes of blocks, bytes of the answer), the blocks,
 * and the answer as BF16.
 */
@Tag("conformance")
class RealBlocksTest {
  private static final Map<Integer, String> TYPES =
      Map.ofEntries(
          Map.entry(2, "Q4_0"),
          Map.entry(7, "Q5_1"),
          Map.entry(8, "Q8_0"),
          Map.entry(10, "Q2_K"),
          Map.entry(11, "Q3_K"),
          Map.entry(12, "Q4_K"),
          Map.entry(14, "Q6_K"),
          Map.entry(16, "IQ2_XXS"),
          Map.entry(19, "IQ1_S"),
          Map.entry(20, "IQ4_NL"),
          Map.entry(21, "IQ3_S"),
          Map.entry(22, "IQ2_S"),
          Map.entry(34, "TQ1_0"),
          Map.entry(39, "MXFP4"));
  private static final int HEADER = 16;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "smollm2_q4_0",
        "smollm2_q5_1",
        "smollm2_q8_0",
        "tinyllama_q2_k",
        "smollm2_q3_k",
        "smollm2_q4_k",
        "smollm2_q6_k",
        "smollm2_iq4_nl",
        "mistral_7b_iq1_s",
        "mistral_7b_iq2_xxs",
        "mistral_7b_iq3_s",
        "qwen25_iq2_s",
        "synthetic_tq1_0",
        "synthetic_mxfp4"
      })
  void decode_publishedBlocks_givesTheAnswer(String name) throws IOException {
    Path file =
        Path.of(System.getProperty("quant4j.shared"), "data/checkpoints/gguf", name + ".bin");
    MemorySegment data = MemorySegment.ofArray(Files.readAllBytes(file));
    BlockFormat format = format(data.get(LittleEndian.INT, 0));
    int elements = data.get(LittleEndian.INT, 4);
    int answer = HEADER + data.get(LittleEndian.INT, 8);
    float[] decoded = new float[elements];

    format.decode(data, HEADER, decoded, 0, elements);

    assertThat(name).endsWithIgnoringCase(format.id().name());
    assertThat(format.byteSize(elements)).isEqualTo(answer - HEADER);
    assertThat(data.byteSize()).isEqualTo(answer + 2L * elements);
    short[] rounded = new short[elements];
    short[] expected = new short[elements];
    for (int i = 0; i < elements; i++) {
      rounded[i] = BF16.fromFloat(decoded[i]);
      expected[i] = data.get(LittleEndian.SHORT, answer + 2L * i);
    }
    assertThat(Arrays.mismatch(rounded, expected)).as("first other element").isEqualTo(-1);
  }

  private static BlockFormat format(int type) {
    return ServiceLoader.load(BlockFormat.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(format -> format.id().name().equals(TYPES.get(type)))
        .findFirst()
        .orElseThrow();
  }
}
