package io.quant4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.MatMulKernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What products of {@link HostKernels} must keep: they are held against sums in double precision,
 * with limits from {@link KernelBudget}, and may not depend on anything but the vector and the row.
 *
 * <p>The rule for NaN and infinity is that of {@link HostKernelsContract}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class MatMulContract {
  private static final int[] BATCHES = {1, 2, 3, 4, 5, 8, 17};
  private static final int MOST_VECTORS = 17;
  private static final int ROWS = 11;
  private static final int THREADS = 4;

  /** A length of rows that all formats have, and that some kernels are made for. */
  private static final int USUAL_LENGTH = 768;

  /** The kernels to be tested. */
  protected abstract HostKernels kernels();

  /** The formats that kernels are asked for; at least one. */
  protected abstract Collection<BlockFormat> formats();

  /**
   * How products round their vectors before they multiply, if they do more than floats do; by
   * default they may not.
   *
   * @param cols elements of a row
   */
  protected Optional<VectorRounding> rounding(BlockFormat format, int cols) {
    return Optional.empty();
  }

  final Stream<Named<BlockFormat>> multiplied() {
    return named(formats().stream().filter(f -> kernels().matMul(f.id()).isPresent()));
  }

  static Stream<Named<BlockFormat>> named(Stream<BlockFormat> formats) {
    return formats.map(format -> Named.of(format.id().name(), format));
  }

  private MatMulKernel matMul(BlockFormat format) {
    return kernels().matMul(format.id()).orElseThrow();
  }

  /** Lengths of rows: one block, several, usual ones, and those that leave a tail. */
  private static int[] lengths(BlockFormat format) {
    int size = format.blockElements();
    IntStream blocks = IntStream.of(1, 2, 3, 4, 5, 7, 9).map(count -> count * size);
    IntStream usual = IntStream.of(32, 64, 172, 288, 768).filter(cols -> cols % size == 0);
    IntStream tails =
        IntStream.of(8, 15, 16, 17, 31, 33, 63, 65, 100, 127, 257).filter(cols -> cols % size == 0);
    return IntStream.concat(blocks, IntStream.concat(usual, tails)).distinct().sorted().toArray();
  }

  private void check(MatMulTrial trial) {
    trial.check(matMul(trial.format), rounding(trial.format, trial.cols));
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
  void matMul_ofEveryLength_isWithinBudget(BlockFormat format) {
    for (int cols : lengths(format)) {
      check(trial(format, cols, 6, 5));
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void matMul_ofEveryBatch_isWithinBudget(BlockFormat format) {
    int cols = 2 * format.blockElements();
    for (int batch : BATCHES) {
      check(trial(format, cols, ROWS, batch));
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void matMul_ofAnyMagnitude_isWithinBudget(BlockFormat format) {
    int cols = 3 * format.blockElements();
    for (FormatInputs input : FormatInputs.values()) {
      float[] values = input.row(3 * cols);
      byte[] weights = StoredRows.encodeIfPossible(format, values);
      boolean finite =
          format.firstNonFinite(
                  MemorySegment.ofArray(weights), 0, weights.length / format.blockBytes())
              < 0;
      if (finite && weights.length > 0 && input != FormatInputs.LARGEST) {
        for (double deviation : new double[] {0, 1e-38, 1e-3, 1, 1e3}) {
          float[] x = GuardedFloats.gaussian(3, 3 * cols, deviation);
          check(new MatMulTrial(format, cols, weights, values.length, x));
        }
      }
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void matMul_withUnitVectors_givesTheWeights(BlockFormat format) {
    int cols = format.blockElements() == 1 ? 67 : 2 * format.blockElements();
    float[] units = new float[cols * cols];
    for (int i = 0; i < cols; i++) {
      units[i * cols + i] = 1;
    }
    check(new MatMulTrial(format, cols, GuardedFloats.gaussian(1, 2 * cols, 3), units));
  }

  /** Steps of the largest element of a group would take the other's bits. */
  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void matMul_withSmallElementBesideLargeOne_isWithinBudget(BlockFormat format) {
    float[] x = new float[MOST_VECTORS * USUAL_LENGTH];
    for (int b = 0; b < MOST_VECTORS; b++) {
      int place = b * (USUAL_LENGTH + 44);
      x[place] = 1_000;
      x[place + 1] = 0.014f;
    }
    float[] values = GuardedFloats.gaussian(1, ROWS * USUAL_LENGTH, 3);
    check(new MatMulTrial(format, USUAL_LENGTH, values, x));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void matMul_dependsNeitherOnBatchNorOnRows(BlockFormat format) {
    MatMulKernel kernel = matMul(format);
    for (int cols : new int[] {format.blockElements(), 3 * format.blockElements(), 9 * 256}) {
      MatMulTrial trial = trial(format, cols, ROWS, MOST_VECTORS);
      MemorySegment memory = MemorySegment.ofArray(trial.weights);
      float[] all = trial.products(kernel);
      for (int count : BATCHES) {
        int first = MOST_VECTORS - count;
        assertThat(trial.products(kernel, memory, first, count, 0, ROWS))
            .as("%d cols, batch %d", cols, count)
            .isEqualTo(trial.part(all, first, count, 0, ROWS));
      }
      for (int[] range : new int[][] {{0, 1}, {1, 4}, {2, 10}, {ROWS - 1, ROWS}, {5, 5}}) {
        assertThat(trial.products(kernel, memory, 1, 4, range[0], range[1]))
            .as("%d cols, rows %s", cols, Arrays.toString(range))
            .isEqualTo(trial.part(all, 1, 4, range[0], range[1]));
      }
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void matMul_readsWeightsAnywhere(BlockFormat format) {
    MatMulTrial trial = trial(format, 3 * format.blockElements(), ROWS, 2);
    float[] expected = trial.products(matMul(format));
    try (Arena arena = Arena.ofConfined()) {
      for (int shift = 0; shift < 4; shift++) {
        for (MemorySegment memory : StoredRows.memories(arena, trial.weights.length, shift)) {
          memory.copyFrom(MemorySegment.ofArray(trial.weights));
          assertThat(trial.products(matMul(format), memory.asReadOnly(), 0, 2, 0, ROWS))
              .as("shift %d, native %s", shift, memory.isNative())
              .isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void matMul_withNonFiniteVector_spoilsThatVectorOnly(BlockFormat format) {
    for (int cols : new int[] {3 * format.blockElements(), USUAL_LENGTH}) {
      checkNonFiniteVectors(format, cols);
    }
  }

  private void checkNonFiniteVectors(BlockFormat format, int cols) {
    MatMulTrial good = trial(format, cols, ROWS, 5);
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
  void matMul_withNonFiniteWeight_spoilsThatRowOnly(BlockFormat format) {
    for (int cols : new int[] {3 * format.blockElements(), USUAL_LENGTH}) {
      trial(format, cols, ROWS, 5).checkNonFiniteWeights(matMul(format));
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void matMul_inSeveralThreads_givesTheSame(BlockFormat format) throws Exception {
    MatMulTrial trial = trial(format, 3 * format.blockElements(), ROWS, 5);
    MatMulKernel kernel = matMul(format);
    float[] expected = trial.products(kernel);
    Callable<Boolean> compare = () -> Arrays.equals(trial.products(kernel), expected);
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (Future<Boolean> same : threads.invokeAll(Collections.nCopies(4 * THREADS, compare))) {
        assertThat(same.get()).isTrue();
      }
    }
  }
}
