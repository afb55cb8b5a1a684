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
import java.util.stream.IntStream;
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
  private static final int MOST_VECTORS = 64;

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

  /** A product and the format of its weights. */
  record Subject(BlockFormat format, PreparedMatMul kernel) {

    private boolean accepts(int cols, int batch) {
      return cols % format.blockElements() == 0 && kernel.preparation().accepts(cols, batch);
    }

    /** The shortest row from here on. */
    private int length(int least) {
      return IntStream.iterate(least, cols -> cols + 1)
          .filter(this::accepts)
          .findFirst()
          .orElseThrow();
    }

    /** Whether rows of this length are accepted with some number of vectors. */
    private boolean accepts(int cols) {
      return IntStream.rangeClosed(1, MOST_VECTORS).anyMatch(batch -> accepts(cols, batch));
    }
  }

  final Stream<Named<Subject>> multiplied() {
    return formats().stream()
        .flatMap(format -> {
          List<PreparedMatMul> kernels = kernels().preparedMatMuls(format.id());
          return IntStream.range(0, kernels.size())
              .mapToObj(
                  i -> Named.of(format.id().name() + " " + i, new Subject(format, kernels.get(i))));
        });
  }

  /** Prepares and multiplies in one call. */
  private static MatMulKernel matMul(Subject subject) {
    PreparedMatMul kernel = subject.kernel();
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
  private static int[] lengths(Subject subject) {
    return IntStream.of(
            256, 257, 288, 300, 320, 384, 480, 512, 576, 640, 768, 896, 1056, 2048, 2304, 4352)
        .filter(subject::accepts)
        .toArray();
  }

  private static MatMulTrial trial(Subject subject, int cols, int rows, int batch) {
    return new MatMulTrial(
        subject.format(),
        cols,
        GuardedFloats.gaussian(1, rows * cols, 3),
        GuardedFloats.gaussian(2, batch * cols, 1));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_ofEveryLength_isWithinBudget(Subject subject) {
    for (int cols : lengths(subject)) {
      trial(subject, cols, 6, 17).checkFixedPoint(matMul(subject));
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_ofManyRows_isWithinBudget(Subject subject) {
    trial(subject, subject.length(2), 101, 16).checkFixedPoint(matMul(subject));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_ofRandomNumbers_hasTheTypicalError(Subject subject) {
    assertThat(trial(subject, 1024, 24, 24).relativeError(matMul(subject)))
        .as(subject.format().id().name())
        .isLessThan(TYPICAL_ERROR);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_ofAnyMagnitude_isWithinBudget(Subject subject) {
    BlockFormat format = subject.format();
    int cols = subject.length(257);
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
          new MatMulTrial(format, cols, weights, values.length, x).checkFixedPoint(matMul(subject));
        }
      }
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_withZeros_isZero(Subject subject) {
    MatMulTrial good = trial(subject, 512, 3, 1);
    float[] zeros = new float[16 * 512];
    MatMulTrial trial = new MatMulTrial(subject.format(), 512, good.weights, 3 * 512, zeros);
    for (float product : trial.products(matMul(subject))) {
      assertThat(product).isZero();
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_dependsNeitherOnOtherVectorsNorOnRows(Subject subject) {
    MatMulKernel kernel = matMul(subject);
    for (int cols : new int[] {subject.length(1), subject.length(300), 9 * 256}) {
      MatMulTrial trial = trial(subject, cols, 59, BATCH);
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
  void product_withNonFiniteVector_spoilsThatVectorOnly(Subject subject) {
    int cols = subject.length(300);
    MatMulTrial good = trial(subject, cols, ROWS, 17);
    float[] expected = good.products(matMul(subject));
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      for (int place : new int[] {0, cols / 2, cols - 1}) {
        float[] x = good.x.clone();
        x[2 * cols + place] = bad;
        MatMulTrial trial = new MatMulTrial(subject.format(), cols, good.weights, ROWS * cols, x);
        float[] products = trial.products(matMul(subject));
        for (int i = 0; i < products.length; i++) {
          RowOperations.checkSpoilt(products[i], expected[i], i / ROWS == 2);
        }
      }
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_withNonFiniteWeight_spoilsThatRowOnly(Subject subject) {
    int cols = subject.length(300);
    trial(subject, cols, ROWS, 17).checkNonFiniteWeights(matMul(subject));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void product_inSeveralThreads_givesTheSame(Subject subject) throws Exception {
    MatMulTrial trial = trial(subject, 2304, ROWS, 17);
    MatMulKernel kernel = matMul(subject);
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
  void preparation_isSharedByFormats_thatAcceptTheSameSize(Subject subject) {
    VectorPreparation preparation = subject.kernel().preparation();
    for (BlockFormat other : List.copyOf(formats())) {
      for (int batch : new int[] {1, MOST_VECTORS}) {
        kernels().preparedMatMuls(other.id()).stream()
            .map(PreparedMatMul::preparation)
            .filter(by -> by.accepts(2048, batch) && preparation.accepts(2048, batch))
            .findFirst()
            .ifPresent(by -> assertThat(by).isEqualTo(preparation));
      }
    }
  }
}
