package io.quant4j.kernels.vector.machine.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.discovery.Extensions;
import io.quant4j.kernels.vector.machine.Usability;
import io.quant4j.kernels.vector.matmul.VectorBF16;
import io.quant4j.kernels.vector.matmul.VectorF16;
import io.quant4j.kernels.vector.matmul.VectorIQ4_NL;
import io.quant4j.kernels.vector.matmul.VectorIQ4_XS;
import io.quant4j.kernels.vector.matmul.VectorQ2_K;
import io.quant4j.kernels.vector.matmul.VectorQ3_K;
import io.quant4j.kernels.vector.matmul.VectorQ4_0;
import io.quant4j.kernels.vector.matmul.VectorQ4_1;
import io.quant4j.kernels.vector.matmul.VectorQ4_K;
import io.quant4j.kernels.vector.matmul.VectorQ5_0;
import io.quant4j.kernels.vector.matmul.VectorQ5_1;
import io.quant4j.kernels.vector.matmul.VectorQ5_K;
import io.quant4j.kernels.vector.matmul.VectorQ6_K;
import io.quant4j.kernels.vector.matmul.VectorQ8_0;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Generated code gives the bits of the kernels on the Vector API. Where this JVM cannot use it,
 * which is so in the runs with shorter vectors, the tests hold it to say why.
 */
class MachineProductsTest {
  private static final long SEED = 1;
  private static final int GAP = 3;

  private static final Map<String, MatMulKernel> TWINS =
      Map.ofEntries(
          Map.entry("F16", new VectorF16()),
          Map.entry("BF16", new VectorBF16()),
          Map.entry("Q8_0", new VectorQ8_0()),
          Map.entry("Q4_0", new VectorQ4_0()),
          Map.entry("Q4_1", new VectorQ4_1()),
          Map.entry("Q5_0", new VectorQ5_0()),
          Map.entry("Q5_1", new VectorQ5_1()),
          Map.entry("Q2_K", new VectorQ2_K()),
          Map.entry("Q3_K", new VectorQ3_K()),
          Map.entry("Q4_K", new VectorQ4_K()),
          Map.entry("Q5_K", new VectorQ5_K()),
          Map.entry("Q6_K", new VectorQ6_K()),
          Map.entry("IQ4_NL", new VectorIQ4_NL()),
          Map.entry("IQ4_XS", new VectorIQ4_XS()));

  static Set<String> formats() {
    return TWINS.keySet();
  }

  /** The kernel, or none after a look at the reason. */
  private static Optional<MatMulKernel> machine(String format) {
    return Usability.checked() ? Optional.of(kernel(format)) : Optional.empty();
  }

  private static MatMulKernel kernel(String format) {
    return new MachineProducts().matMul(new FormatId(format), twin(format)).orElseThrow();
  }

  private static MatMulKernel twin(String format) {
    return Optional.ofNullable(TWINS.get(format)).orElseThrow();
  }

  private static BlockFormat blocks(String format) {
    return Extensions.installed().formats().stream()
        .filter(f -> f.id().name().equals(format))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void product_hasTheBitsOfTheVectorKernel(String format) {
    machine(format)
        .ifPresent(kernel -> {
          for (int cols : new int[] {256, 768, 1280}) {
            for (int batch : new int[] {1, 2, 4, 7, 130}) {
              for (int rows : new int[] {1, 4, 6, 13, 27}) {
                Trial trial = new Trial(blocks(format), cols, batch, rows, 1);
                assertThat(trial.products(kernel, 0, rows))
                    .as("%s, %d cols, batch %d, %d rows", format, cols, batch, rows)
                    .isEqualTo(trial.products(twin(format), 0, rows));
              }
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("formats")
  void product_ofAnyMagnitude_hasTheBitsOfTheVectorKernel(String format) {
    machine(format)
        .ifPresent(kernel -> {
          for (double scale : new double[] {0, 1e-38, 1e-6, 1e6}) {
            for (int batch : new int[] {1, 3}) {
              Trial trial = new Trial(blocks(format), 512, batch, 9, scale);
              assertThat(trial.products(kernel, 2, 9))
                  .as("%s, scale %s, batch %d", format, scale, batch)
                  .isEqualTo(trial.products(twin(format), 2, 9));
            }
          }
        });
  }

  /** Rows so long, or so many, that they take several calls of the code. */
  @ParameterizedTest
  @ValueSource(strings = {"F16", "Q8_0", "Q4_K"})
  void product_ofManyCalls_hasTheBitsOfTheVectorKernel(String format) {
    machine(format)
        .ifPresent(kernel -> {
          Trial trial = new Trial(blocks(format), 8192, 1, 131, 1);
          assertThat(trial.products(kernel, 0, 131))
              .isEqualTo(trial.products(twin(format), 0, 131));
        });
  }

  @Test
  void product_ofRowsThatAreNoWholeVectors_comesFromTheVectorKernel() {
    machine("F16")
        .ifPresent(kernel -> {
          Trial trial = new Trial(blocks("F16"), 67, 2, 5, 1);
          assertThat(trial.products(kernel, 0, 5)).isEqualTo(trial.products(twin("F16"), 0, 5));
        });
  }

  @ParameterizedTest
  @MethodSource("formats")
  void product_beyondItsMemory_isRefused(String format) {
    machine(format)
        .ifPresent(kernel -> {
          for (int batch : new int[] {1, 3}) {
            Trial trial = new Trial(blocks(format), 256, batch, 5, 1);
            MemorySegment w = trial.weights;
            float[] x = trial.x;
            float[] y = new float[batch * 5];
            refused(() -> kernel.multiply(w, 256, x, 0, batch, y, 0, 5, 0, 6));
            refused(() -> kernel.multiply(w, 256, x, 0, batch, y, 0, 5, -1, 5));
            refused(() -> kernel.multiply(w, 256, x, GAP + 1, batch, y, 0, 5, 0, 5));
            refused(() -> kernel.multiply(w, 256, x, -1, batch, y, 0, 5, 0, 5));
            refused(() -> kernel.multiply(w, 256, x, 0, batch + 1, y, 0, 5, 0, 5));
            refused(() -> kernel.multiply(w, 256, x, 0, batch, y, 1, 5, 0, 5));
            refused(() -> kernel.multiply(w, 256, x, 0, batch, y, -1, 5, 0, 5));
            assertThat(y).containsOnly(0);
          }
        });
  }

  private static void refused(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void product_ofPartOfABlock_isRefused() {
    machine("Q4_K")
        .ifPresent(kernel ->
            assertThatThrownBy(() ->
                    kernel.multiply(
                        MemorySegment.ofArray(new byte[1 << 12]),
                        272,
                        new float[272],
                        0,
                        1,
                        new float[1],
                        0,
                        1,
                        0,
                        1))
                .isInstanceOf(InvalidRequestException.class));
  }

  /** Random weights and vectors. */
  private static final class Trial {
    final MemorySegment weights;
    final float[] x;
    private final int cols;
    private final int batch;
    private final int rows;

    Trial(BlockFormat format, int cols, int batch, int rows, double scale) {
      RandomGenerator random = new SplittableRandom(SEED);
      this.cols = cols;
      this.batch = batch;
      this.rows = rows;
      this.weights = MemorySegment.ofArray(new byte[(int) (rows * format.byteSize(cols))]);
      this.x = floats(random, batch * cols + GAP, 1);
      float[] row = floats(random, rows * cols, scale);
      for (int r = 0; r < rows; r++) {
        format.encode(row, r * cols, cols, null, weights, r * format.byteSize(cols));
      }
    }

    private static float[] floats(RandomGenerator random, int count, double scale) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) (scale * random.nextGaussian());
      }
      return values;
    }

    float[] products(MatMulKernel kernel, int begin, int end) {
      float[] y = new float[GAP + batch * (rows + GAP)];
      kernel.multiply(weights, cols, x, GAP, batch, y, GAP, rows + GAP, begin, end);
      return y;
    }
  }
}
