package io.quant4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.MatMulKernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@link HostKernels} must keep: every operation that they offer is held against the same
 * formula in double precision, with limits from {@link KernelBudget}.
 *
 * <p>The rule for NaN and infinity: a result into which one goes is not finite (an infinity may
 * come out as NaN and the other way round), and no other result changes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class HostKernelsContract {
  private static final int[] BATCHES = {1, 2, 3, 4, 5, 8, 17};
  private static final int MOST_VECTORS = 17;
  private static final int ROWS = 11;
  private static final int THREADS = 4;

  /** The kernels to be tested. */
  protected abstract HostKernels kernels();

  /** The formats that kernels are asked for; at least one. */
  protected abstract Collection<BlockFormat> formats();

  /**
   * What must be offered, in the words of {@link #everything}; empty by default. Other operations
   * are tested if they are there.
   */
  protected Set<String> required() {
    return Set.of();
  }

  /** All operations: "attention" and the like, and for every format "matMul Q4_0" and the like. */
  protected final Set<String> everything() {
    Set<String> names =
        new TreeSet<>(List.of("rmsNorm", "attention", "cappedAttention", "swiGlu", "geGlu", "add"));
    for (RotaryLayout layout : RotaryLayout.values()) {
      names.add("rotary " + layout);
    }
    for (BlockFormat format : formats()) {
      for (String operation : List.of("matMul ", "decode ", "encode ")) {
        names.add(operation + format.id().name());
      }
    }
    return names;
  }

  private Set<String> offered() {
    HostKernels kernels = kernels();
    Set<String> names = new TreeSet<>();
    kernels.rmsNorm().ifPresent(k -> names.add("rmsNorm"));
    kernels.attention().ifPresent(k -> names.add("attention"));
    kernels.cappedAttention().ifPresent(k -> names.add("cappedAttention"));
    kernels.swiGlu().ifPresent(k -> names.add("swiGlu"));
    kernels.geGlu().ifPresent(k -> names.add("geGlu"));
    kernels.add().ifPresent(k -> names.add("add"));
    for (RotaryLayout layout : RotaryLayout.values()) {
      kernels.rotary(layout).ifPresent(k -> names.add("rotary " + layout));
    }
    for (BlockFormat format : formats()) {
      String name = format.id().name();
      kernels.matMul(format.id()).ifPresent(k -> names.add("matMul " + name));
      kernels.decoder(format.id()).ifPresent(k -> names.add("decode " + name));
      kernels.encoder(format.id()).ifPresent(k -> names.add("encode " + name));
    }
    return names;
  }

  @Test
  void requiredOperations_areOffered() {
    assertThat(formats()).isNotEmpty();
    assertThat(everything()).containsAll(required());
    assertThat(offered()).containsAll(required());
  }

  final Stream<Named<BlockFormat>> multiplied() {
    return named(formats().stream().filter(f -> kernels().matMul(f.id()).isPresent()));
  }

  final Stream<Named<BlockFormat>> decoded() {
    return named(formats().stream().filter(f -> kernels().decoder(f.id()).isPresent()));
  }

  final Stream<Named<BlockFormat>> encoded() {
    return named(formats().stream().filter(f -> kernels().encoder(f.id()).isPresent()));
  }

  private static Stream<Named<BlockFormat>> named(Stream<BlockFormat> formats) {
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
      trial(format, cols, 6, 5).check(matMul(format));
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("multiplied")
  void matMul_ofEveryBatch_isWithinBudget(BlockFormat format) {
    int cols = 2 * format.blockElements();
    for (int batch : BATCHES) {
      trial(format, cols, ROWS, batch).check(matMul(format));
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
          new MatMulTrial(format, cols, weights, values.length, x).check(matMul(format));
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
    new MatMulTrial(format, cols, GuardedFloats.gaussian(1, 2 * cols, 3), units)
        .check(matMul(format));
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
    int cols = 3 * format.blockElements();
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
    int cols = 3 * format.blockElements();
    trial(format, cols, ROWS, 5).checkNonFiniteWeights(matMul(format));
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

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("decoded")
  void decoder_givesTheBitsOfTheFormat(BlockFormat format) {
    new CodecTrial(format).checkDecoder(kernels().decoder(format.id()).orElseThrow());
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("encoded")
  void encoder_givesTheBytesOfTheFormat(BlockFormat format) {
    new CodecTrial(format).checkEncoder(kernels().encoder(format.id()).orElseThrow());
  }

  @Test
  void rmsNorm_isWithinBudgetAndInItsPlace() {
    kernels().rmsNorm().ifPresent(RowOperations::checkRmsNorm);
  }

  @ParameterizedTest
  @EnumSource
  void rotary_isWithinBudgetAndInItsPlace(RotaryLayout layout) {
    kernels().rotary(layout).ifPresent(kernel -> RowOperations.checkRotary(kernel, layout));
  }

  @Test
  void swiGlu_isWithinBudgetAndTheSameInEveryPlace() {
    kernels().swiGlu().ifPresent(RowOperations::checkSwiGlu);
  }

  @Test
  void geGlu_isWithinBudgetAndTheSameInEveryPlace() {
    kernels().geGlu().ifPresent(GeGluTrial::check);
  }

  @Test
  void add_isExact() {
    kernels().add().ifPresent(RowOperations::checkAdd);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 32, 64, 80, 128})
  void attention_isWithinBudget(int headDim) {
    kernels().attention().ifPresent(kernel -> AttentionTrial.checkAll(kernel, headDim));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 80})
  void attention_inSeveralCalls_givesTheSame(int headDim) {
    AttentionShape shape = new AttentionShape(6, 3, headDim, 0.2f);
    AttentionTrial trial = AttentionTrial.random(shape, 61, 6);
    kernels()
        .attention()
        .ifPresent(kernel -> {
          float[] expected = trial.attend(kernel);
          int[] one = IntStream.rangeClosed(0, 6).toArray();
          assertThat(trial.attend(kernel, one)).isEqualTo(expected);
          assertThat(trial.attend(kernel, 0, 2, 2, 5, 6)).isEqualTo(expected);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 32, 80})
  void cappedAttention_isWithinBudget(int headDim) {
    kernels().cappedAttention().ifPresent(kernel -> AttentionTrial.checkCapped(kernel, headDim));
  }

  @Test
  void attention_withNonFiniteNumbers_spoilsThoseWhoReadThem() {
    kernels().attention().ifPresent(AttentionTrial::checkNonFinite);
  }
}
