package io.quant4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.CacheShape;
import io.quant4j.api.spi.ExpertChoice;
import io.quant4j.api.spi.GateActivation;
import io.quant4j.api.spi.KeyValueCache;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations that consist of more than a call of one kernel. */
class HostOperationsTest {
  private final ThreadTeam team = new ThreadTeam(3);
  private final HostOperations operations = new HostOperations(ScalarBackend.kernels(), team);
  private final SequenceMemory memory = operations.newMemory();

  @AfterEach
  void close() {
    team.close();
  }

  private static float[] random(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private float[] read(Buffer buffer) {
    float[] values = new float[(int) buffer.length()];
    operations.read(buffer, 0, values, 0, values.length);
    return values;
  }

  private static TensorView matrix(long seed, int rows, int cols) {
    return new TensorView(
        FormatId.F32, Shape.of(rows, cols), MemorySegment.ofArray(random(seed, rows * cols)));
  }

  private static List<TensorView> matrices(int count, int rows, int cols) {
    List<TensorView> matrices = new ArrayList<>();
    for (int e = 0; e < count; e++) {
      matrices.add(matrix(100 + e, rows, cols));
    }
    return matrices;
  }

  @Test
  void chooseExperts_takesTheLargestShares() {
    // Shares 1/8, 4/8, 1/8, 2/8; then all equal.
    float ln2 = (float) Math.log(2);
    Buffer logits = operations.load(new float[] {0, 2 * ln2, 0, ln2, 5, 5, 5, 5});

    ExpertChoice asTheyAre = operations.chooseExperts(logits, 2, false, 2);
    assertThat(asTheyAre.batch()).isEqualTo(2);
    assertThat(asTheyAre.used()).isEqualTo(2);
    assertThat(asTheyAre.experts()).containsExactly(1, 3, 0, 1);

    Buffer ones = operations.load(new float[] {1, 10, 1, 10});
    Buffer mixed = memory.allocate(2);
    operations.mixExperts(asTheyAre, ones, mixed);
    assertThat(read(mixed)).containsExactly(new float[] {0.5f + 2.5f, 0.25f + 2.5f}, within(1e-6f));
    operations.mixExperts(operations.chooseExperts(logits, 2, true, 2), ones, mixed);
    assertThat(read(mixed)).containsExactly(new float[] {2 / 3f + 10 / 3f, 5.5f}, within(1e-6f));
  }

  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "2, false", "23, false", "23, true"})
  void matMulExperts_isTheProductWithEachExpert(int batch, boolean ownRows) {
    int used = 3;
    int rows = 37;
    int cols = 24;
    List<TensorView> matrices = matrices(5, rows, cols);
    Weight stack = operations.bindExperts(matrices);
    assertThat(stack.shape()).isEqualTo(Shape.of(5, rows, cols));
    ExpertChoice choice =
        operations.chooseExperts(operations.load(random(7, batch * 5)), used, true, batch);
    float[] x = random(8, batch * cols * (ownRows ? used : 1));
    Buffer out = memory.allocate((long) batch * used * rows);

    operations.matMulExperts(stack, choice, operations.load(x), out);

    float[] all = read(out);
    int[] experts = choice.experts();
    for (int row = 0; row < batch * used; row++) {
      int from = (ownRows ? row : row / used) * cols;
      Buffer one = operations.load(Arrays.copyOfRange(x, from, from + cols));
      Buffer product = memory.allocate(rows);
      operations.matMul(operations.bind(matrices.get(experts[row])), one, 1, product);
      assertThat(Arrays.copyOfRange(all, row * rows, (row + 1) * rows))
          .as("row %d, expert %d", row, experts[row])
          .isEqualTo(read(product));
    }
  }

  @Test
  void bindExperts_ofDifferentFormats_isRefused() {
    TensorView half =
        new TensorView(FormatId.F16, Shape.of(2, 4), MemorySegment.ofArray(new byte[16]));
    assertThatThrownBy(() -> operations.bindExperts(List.of(matrix(1, 2, 4), half)))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContainingAll("F32", "F16");
  }

  /** A cache that holds these keys and values (tokens, kvDim). */
  private KeyValueCache cache(AttentionShape shape, float[] keys, float[] values) {
    int tokens = keys.length / shape.kvDim();
    KeyValueCache cache =
        memory.allocateCache(
            new CacheShape(shape.kvHeads(), shape.headDim(), tokens, FormatId.F32, FormatId.F32));
    operations.store(cache, operations.load(keys), operations.load(values), 0, tokens);
    return cache;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 40})
  void attention_withWindow_isThatToTheLastPositions(int window) {
    int first = 6;
    int batch = 9;
    AttentionShape shape = new AttentionShape(4, 2, 8, 0.4f, window, 0);
    Buffer query = operations.load(random(1, batch * shape.queryDim()));
    float[] keys = random(2, (first + batch) * shape.kvDim());
    float[] values = random(3, (first + batch) * shape.kvDim());
    Buffer out = memory.allocate((long) batch * shape.queryDim());

    operations.attention(shape, query, cache(shape, keys, values), first, batch, out);

    for (int row = 0; row < batch; row++) {
      int position = first + row;
      int begin = Math.max(0, position - window + 1) * shape.kvDim();
      int end = (position + 1) * shape.kvDim();
      Buffer expected = memory.allocate(shape.queryDim());
      operations.attention(
          shape.withWindow(0),
          query.slice((long) row * shape.queryDim(), shape.queryDim()),
          cache(
              shape, Arrays.copyOfRange(keys, begin, end), Arrays.copyOfRange(values, begin, end)),
          (end - begin) / shape.kvDim() - 1,
          1,
          expected);
      assertThat(read(out.slice((long) row * shape.queryDim(), shape.queryDim())))
          .as("row %d", row)
          .containsExactly(read(expected), within(1e-5f));
    }
  }

  /** Enough rows for several chunks. */
  private static final int ROWS = 1_000;

  private static final int COLS = 64;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 19})
  void matMulEach_isEachProductInOneTask(int batch) {
    List<Weight> weights = new ArrayList<>();
    List<Buffer> outs = new ArrayList<>();
    for (int rows : new int[] {ROWS, 1, 170}) {
      weights.add(operations.bind(matrix(rows, rows, COLS)));
      outs.add(memory.allocate((long) batch * rows));
    }
    Buffer x = operations.load(random(5, batch * COLS));
    long before = team.runs();

    operations.matMulEach(weights, x, batch, outs);

    assertThat(team.runs() - before).isEqualTo(1);
    for (int i = 0; i < weights.size(); i++) {
      Buffer expected = memory.allocate(outs.get(i).length());
      operations.matMul(weights.get(i), x, batch, expected);
      assertThat(read(outs.get(i))).isEqualTo(read(expected));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, SILU", "1, GELU", "19, SILU", "19, GELU"})
  void matMulGated_isProductsAndActivationInOneTask(int batch, GateActivation activation) {
    Weight gate = operations.bind(matrix(1, ROWS, COLS));
    Weight up = operations.bind(matrix(2, ROWS, COLS));
    Buffer x = operations.load(random(3, batch * COLS));
    Buffer out = memory.allocate((long) batch * ROWS);
    Buffer expected = memory.allocate((long) batch * ROWS);
    Buffer scratch = memory.allocate((long) batch * ROWS);
    long before = team.runs();

    operations.matMulGated(gate, up, activation, x, batch, out, scratch);

    assertThat(team.runs() - before).isEqualTo(1);
    operations.matMul(gate, x, batch, expected);
    operations.matMul(up, x, batch, scratch);
    switch (activation) {
      case SILU -> operations.swiGlu(expected, scratch);
      case GELU -> operations.geGlu(expected, scratch);
    }
    assertThat(read(out)).isEqualTo(read(expected));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 19})
  void matMulAdd_isProductAndSumInOneTask(int batch) {
    Weight weight = operations.bind(matrix(1, ROWS, COLS));
    Buffer x = operations.load(random(3, batch * COLS));
    float[] residual = random(4, batch * ROWS);
    Buffer sum = operations.load(residual);
    Buffer expected = operations.load(residual);
    Buffer scratch = memory.allocate((long) batch * ROWS);
    long before = team.runs();

    operations.matMulAdd(weight, x, batch, sum, scratch);

    assertThat(team.runs() - before).isEqualTo(1);
    operations.matMul(weight, x, batch, scratch);
    operations.add(expected, scratch);
    assertThat(read(sum)).isEqualTo(read(expected));
  }

  @Test
  void smallOperationsOfOneRow_doNotCallTheTeam() {
    Buffer x = operations.load(random(1, 4_096));
    Buffer y = operations.load(random(2, 4_096));
    long before = team.runs();
    operations.rmsNorm(x, y, 1e-5f, 1, x);
    operations.add(x, y);
    operations.swiGlu(x, y);
    assertThat(team.runs()).isEqualTo(before);
  }

  @Test
  void softCap_bendsToTheBound() {
    Buffer x = operations.load(new float[] {0, 1, -1, 30, -1e6f});
    operations.softCap(x, 2);
    assertThat(read(x))
        .containsExactly(
            new float[] {0, 2 * (float) Math.tanh(0.5), -2 * (float) Math.tanh(0.5), 2, -2},
            within(1e-6f));
  }

  @Test
  void addGated_addsBySigmoid() {
    Buffer x = operations.load(new float[] {1, 2, 3, 4});
    operations.addGated(
        x, operations.load(new float[] {0, 100}), operations.load(new float[] {2, 4, 6, 8}), 2);
    assertThat(read(x)).containsExactly(2, 4, 9, 12);
  }

  @Test
  void scale_multipliesASliceOnly() {
    Buffer x = operations.load(new float[] {1, 2, 3, 4});
    operations.scale(x.slice(1, 2), 10);
    assertThat(read(x)).containsExactly(1, 20, 30, 4);
  }

  @Test
  void rotaryAngles_withMagnitude_stretchCosinesAndSines() {
    Buffer angles = memory.allocate(4);
    operations.rotaryAngles(new float[] {0.5f}, 3, 1, 2, angles);
    assertThat(read(angles))
        .containsExactly(
            new float[] {
              (float) (3 * Math.cos(0.5)),
              (float) (3 * Math.sin(0.5)),
              (float) (3 * Math.cos(1)),
              (float) (3 * Math.sin(1))
            },
            within(1e-6f));
  }
}
