package io.quant4j.core.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.quant4j.api.spi.BlockFormat;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every format with blocks of several elements gives ggml's bytes and ggml's floats. */
class GoldenBlocksTest {

  static Stream<BlockFormat> formats() {
    return ServiceLoader.load(BlockFormat.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(format -> format.blockElements() > 1);
  }

  static Stream<BlockFormat> formatsOfAnyImportance() {
    return formats().filter(format -> !format.requiresImportance());
  }

  @ParameterizedTest
  @MethodSource("formats")
  void decode_goldenBytes_givesGoldenFloats(BlockFormat format) {
    for (String mode : modes(format)) {
      byte[] bytes = Golden.bytes(format.id().name(), mode);
      float[] expected = Golden.decoded(format.id().name(), mode);
      float[] decoded = new float[expected.length];

      format.decode(MemorySegment.ofArray(bytes), 0, decoded, 0, decoded.length);

      for (int i = 0; i < decoded.length; i++) {
        if (Float.floatToRawIntBits(decoded[i]) != Float.floatToRawIntBits(expected[i])) {
          fail("%s %s element %d: %s for %s", format.id(), mode, i, decoded[i], expected[i]);
        }
      }
    }
  }

  private static List<String> modes(BlockFormat format) {
    return format.requiresImportance() ? List.of("importance") : List.of("plain", "importance");
  }

  @ParameterizedTest
  @MethodSource("formatsOfAnyImportance")
  void encode_plain_givesGoldenBytes(BlockFormat format) {
    checkBytes(format, "plain", null);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void encode_importance_givesGoldenBytes(BlockFormat format) {
    checkBytes(format, "importance", Golden.importance());
  }

  private static void checkBytes(BlockFormat format, String mode, float @Nullable [] importance) {
    float[] input = Golden.input();
    byte[] expected = Golden.bytes(format.id().name(), mode);
    byte[] bytes = new byte[expected.length];
    int rowBytes = (int) format.byteSize(Golden.COLS);
    MemorySegment target = MemorySegment.ofArray(bytes);
    for (int row = 0; row < Golden.ROWS; row++) {
      format.encode(
          input, row * Golden.COLS, Golden.COLS, importance, target, (long) row * rowBytes);
    }

    assertThat(expected).hasSize(Golden.ROWS * rowBytes);
    int mismatch = Arrays.mismatch(bytes, expected);
    assertThat(mismatch)
        .as("%s %s: first other byte, in row %d", format.id(), mode, mismatch / rowBytes)
        .isEqualTo(-1);
  }
}
