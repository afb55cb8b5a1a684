package io.quant4j.kernels.vector.machine.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.F16;
import io.quant4j.core.format.Q2_K;
import io.quant4j.core.format.Q3_K;
import io.quant4j.core.format.Q4_K;
import io.quant4j.core.format.Q5_K;
import io.quant4j.core.format.Q6_K;
import io.quant4j.kernels.vector.machine.Usability;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the contract of kernels does not reach: rows of several calls, odd weights, memory that is
 * too small. Where this JVM cannot use machine code, which is so in the runs with shorter vectors,
 * the tests hold it to say why.
 */
class MachineEncodersTest {
  private static final long SEED = 4;

  static List<BlockFormat> formats() {
    return List.of(new Q2_K(), new Q3_K(), new Q4_K(), new Q5_K(), new Q6_K());
  }

  /** The encoder, or none after a look at the reason. */
  private static Optional<RowEncoder> machine(BlockFormat format) {
    return Usability.checked()
        ? Optional.of(new MachineEncoders().encoder(format.id()).orElseThrow())
        : Optional.empty();
  }

  private static float[] floats(int count, double scale) {
    RandomGenerator random = new SplittableRandom(SEED);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  private static float[] magnitudes(float[] values) {
    float[] result = values.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.abs(result[i]);
    }
    return result;
  }

  private static byte[] encode(
      BlockFormat format, RowEncoder encoder, float[] row, float... importance) {
    byte[] bytes = new byte[(int) format.byteSize(row.length)];
    encoder.encode(
        row,
        0,
        row.length,
        importance.length == 0 ? null : importance,
        MemorySegment.ofArray(bytes),
        0);
    return bytes;
  }

  /** Each search and each packing takes several calls of its code, and a rest. */
  @ParameterizedTest
  @MethodSource("formats")
  void row_ofManyCalls_hasTheBytesOfTheFormat(BlockFormat format) {
    machine(format)
        .ifPresent(encoder -> {
          float[] row = floats(300 * format.blockElements(), 1);
          float[] importance = magnitudes(row);
          assertThat(encode(format, encoder, row)).isEqualTo(encode(format, format, row));
          assertThat(encode(format, encoder, row, importance))
              .isEqualTo(encode(format, format, row, importance));
        });
  }

  /** Ranges that are small against the numbers. */
  @ParameterizedTest
  @MethodSource("formats")
  void row_farFromZero_hasTheBytesOfTheFormat(BlockFormat format) {
    machine(format)
        .ifPresent(encoder -> {
          for (float offset : new float[] {-1e7f, -100, 100, 1e7f}) {
            float[] row = floats(13 * format.blockElements(), 1);
            float[] importance = magnitudes(row);
            for (int i = 0; i < row.length; i++) {
              row[i] += offset;
            }
            assertThat(encode(format, encoder, row))
                .as("offset %s", offset)
                .isEqualTo(encode(format, format, row));
            assertThat(encode(format, encoder, row, importance))
                .as("offset %s, importance", offset)
                .isEqualTo(encode(format, format, row, importance));
          }
        });
  }

  @ParameterizedTest
  @MethodSource("formats")
  void row_beyondItsMemory_isRefused(BlockFormat format) {
    machine(format)
        .ifPresent(encoder -> {
          int cols = 9 * format.blockElements();
          float[] row = floats(cols, 1);
          float[] importance = magnitudes(row);
          float[] tooFew = magnitudes(floats(cols - 1, 1));
          MemorySegment target = MemorySegment.ofArray(new byte[(int) format.byteSize(cols)]);
          refused(() -> encoder.encode(row, 1, cols, null, target, 0));
          refused(() -> encoder.encode(row, -1, cols, null, target, 0));
          refused(() -> encoder.encode(row, 1, cols, importance, target, 0));
          refused(() -> encoder.encode(row, 0, cols, tooFew, target, 0));
          refused(() -> encoder.encode(row, 0, cols, null, target, 1));
          assertThat(target.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
        });
  }

  private static void refused(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void format_withoutMachineCode_hasNoEncoder() {
    assertThat(new MachineEncoders().encoder(new F16().id())).isEmpty();
  }
}
