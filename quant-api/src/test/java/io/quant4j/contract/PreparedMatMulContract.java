package io.quant4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.VectorPreparation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the {@link PreparedMatMul}s of {@link HostKernels} must keep: products within {@link
 * KernelBudget#fixedPoint} of the same sums in double precision, independent of the other vectors,
 * of the range of rows and of how the vectors were prepared.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class PreparedMatMulContract {
  private static final int ALIGNMENT = 64;
  private static final int BATCH = 29;
  private static final int ROWS = 11;
  private static final int THREADS = 4;

  /**
   * Error of random products relative to their size: the largest of 256 normal numbers is 2.8
   * deviations, a step of it is 3.4e-4 for weights and half of that for vectors, and rounding
   * errors have a deviation of a step over the square root of 12. Together 1.1e-4.
   */
  private static final double TYPICAL_ERROR = 1.5e-4;

  /** The kernels to be tested. */
  protected abstract HostKernels kernels();

  /** The formats that kernels are asked for. */
  protected abstract Collection<BlockFormat> formats();

  final Stream<Named<BlockFormat>> multiplied() {
    return formats().stream()
        .filter(f -> kernels().preparedMatMul(f.id()).isPresent())
        .map(format -> Named.of(format.id().name(), format));
  }

  private PreparedMatMul prepared(BlockFormat format) {
    return kernels().preparedMatMul(format.id()).orElseThrow();
  }

  /** Prepares and multiplies in one call. */
  private MatMulKernel matMul(BlockFormat format) {
    PreparedMatMul kernel = prepared(format);
    return (weights, cols, x, xOffset, batch, y, yOffset, yStride, rowBegin, rowEnd) -> {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment vectors = prepare(kernel.preparation(), arena, x, xOffset, cols, batch);
        kernel.multiply(weights, cols, vectors, batch, y, yOffset, yStride, rowBegin, rowEnd);
      }
    };
  }

  /** Memory that was used before must do. */
  private static MemorySegment prepare(
      VectorPreparation by, Arena arena, float[] x, int xOffset, int cols, int batch) {
    long bytes = by.byteSize(cols, batch);
    MemorySegment vectors = arena.allocate(bytes, ALIGNMENT).fill((byte) 0x7f);
    for (int part = by.parts(batch) - 1; part >= 0; part--) {
      by.prepare(x, xOffset, cols, batch, vectors, part, part + 1);
    }
    return vectors;
  }

  /** Lengths of rows: less than a group, several groups, tails, more than any cache holds. */
  private static int[] lengths(BlockFormat format) {
    return Arrays.stream(new int[] {32, 256, 257, 300, 512, 768, 1056, 2048, 2304, 4352})
        .filter(cols -> cols % format.blockElements() == 0)
        .toArray();
  }

  private static MatMulTrial trial(BlockFormat format, int cols, int rows, int batch) {
    return new MatMulTrial(
        format,
        cols,
        GuardedFloats.gaussian(1, rows * cols, 3),
        GuardedFloats.gaussian(2, batch * cols, 1));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_ofEveryLength_isWithinBudget(BlockFormat format) {
    for (int cols : lengths(format)) {
      trial(format, cols, 6, 17).checkFixedPoint(matMul(format));
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_ofManyRows_isWithinBudget(BlockFormat format) {
    trial(format, 2 * format.blockElements(), 101, 16).checkFixedPoint(matMul(format));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_ofRandomNumbers_hasTheTypicalError(BlockFormat format) {
    assertThat(trial(format, 1024, 24, 24).relativeError(matMul(format)))
        .as(format.id().name())
        .isLessThan(TYPICAL_ERROR);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_ofAnyMagnitude_isWithinBudget(BlockFormat format) {
    int cols =
        Math.max(format.blockElements(), 320 / format.blockElements() * format.blockElements());
    for (FormatInputs input : FormatInputs.values()) {
      float[] values = input.row(3 * cols);
      byte[] weights = StoredRows.encodeIfPossible(format, values);
      boolean finite =
          format.firstNonFinite(
                  MemorySegment.ofArray(weights), 0, weights.length / format.blockBytes())
              < 0;
      if (finite && weights.length > 0 && input != FormatInputs.LARGEST) {
        for (double deviation : new double[] {0, 1e-38, 1e-9, 1e-3, 1, 1e3}) {
          float[] x = GuardedFloats.gaussian(3, 3 * cols, deviation);
          new MatMulTrial(format, cols, weights, values.length, x).checkFixedPoint(matMul(format));
        }
      }
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_withZeros_isZero(BlockFormat format) {
    MatMulTrial good = trial(format, 512, 3, 1);
    float[] zeros = new float[16 * 512];
    MatMulTrial trial = new MatMulTrial(format, 512, good.weights, 3 * 512, zeros);
    for (float product : trial.products(matMul(format))) {
      assertThat(product).isZero();
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_dependsNeitherOnOtherVectorsNorOnRows(BlockFormat format) {
    MatMulKernel kernel = matMul(format);
    for (int cols : new int[] {format.blockElements(), 3 * format.blockElements(), 9 * 256}) {
      MatMulTrial trial = trial(format, cols, 59, BATCH);
      MemorySegment memory = MemorySegment.ofArray(trial.weights);
      float[] all = trial.products(kernel);
      for (int[] range : new int[][] {{0, 59}, {0, 1}, {1, 4}, {2, 52}, {57, 59}, {5, 5}}) {
        for (int count : new int[] {1, 6, 16, 23}) {
          int first = BATCH - count;
          assertThat(trial.products(kernel, memory, first, count, range[0], range[1]))
              .as("%d cols, batch %d, rows %s", cols, count, Arrays.toString(range))
              .isEqualTo(trial.part(all, first, count, range[0], range[1]));
        }
      }
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_withNonFiniteVector_spoilsThatVectorOnly(BlockFormat format) {
    int cols = 3 * Math.max(format.blockElements(), 128);
    MatMulTrial good = trial(format, cols, ROWS, 17);
    float[] expected = good.products(matMul(format));
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      for (int place : new int[] {0, cols / 2, cols - 1}) {
        float[] x = good.x.clone();
        x[2 * cols + place] = bad;
        MatMulTrial trial = new MatMulTrial(format, cols, good.weights, ROWS * cols, x);
        float[] products = trial.products(matMul(format));
        for (int i = 0; i < products.length; i++) {
          RowOperations.checkSpoilt(products[i], expected[i], i / ROWS == 2);
        }
      }
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_withNonFiniteWeight_spoilsThatRowOnly(BlockFormat format) {
    int cols = 3 * Math.max(format.blockElements(), 128);
    trial(format, cols, ROWS, 17).checkNonFiniteWeights(matMul(format));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_inSeveralThreads_givesTheSame(BlockFormat format) throws Exception {
    MatMulTrial trial = trial(format, 2304, ROWS, 17);
    MatMulKernel kernel = matMul(format);
    float[] expected = trial.products(kernel);
    Callable<Boolean> compare = () -> Arrays.equals(trial.products(kernel), expected);
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (Future<Boolean> same : threads.invokeAll(Collections.nCopies(4 * THREADS, compare))) {
        assertThat(same.get()).isTrue();
      }
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void preparation_isSharedByAllFormats(BlockFormat format) {
    VectorPreparation preparation = prepared(format).preparation();
    for (BlockFormat other : List.copyOf(formats())) {
      kernels()
          .preparedMatMul(other.id())
          .ifPresent(kernel -> assertThat(kernel.preparation()).isEqualTo(preparation));
    }
  }
}
