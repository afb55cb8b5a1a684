package io.quant4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.ExpertChoice;
import io.quant4j.api.spi.GateActivation;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.spi.VectorPreparation;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When prepared products are used: for batches that they accept, unless operations are exact. */
class PreparedProductsTest {
  private static final int COLS = 24;
  private static final int ROWS = 150;
  private static final int LEAST = 5;

  private final Tenfold tenfold = new Tenfold();
  private final ThreadTeam team = new ThreadTeam(3);
  private final HostOperations operations =
      new HostOperations(new KernelTable(tenfold, ScalarBackend.kernels()), team);
  private final SequenceMemory memory = operations.newMemory();

  /** Products of vectors that were multiplied by ten while they were prepared. */
  private static final class Tenfold implements HostKernels, VectorPreparation, PreparedMatMul {
    final AtomicInteger prepared = new AtomicInteger();

    @Override
    public List<PreparedMatMul> preparedMatMuls(FormatId weights) {
      return weights.equals(FormatId.F32) ? List.of(this) : List.of();
    }

    @Override
    public VectorPreparation preparation() {
      return this;
    }

    @Override
    public boolean accepts(int cols, int batch) {
      return cols == COLS && batch >= LEAST;
    }

    @Override
    public long byteSize(int cols, int batch) {
      return (long) cols * batch * Float.BYTES;
    }

    @Override
    public int parts(int batch) {
      return batch;
    }

    @Override
    public void prepare(
        float[] x, int xOffset, int cols, int batch, MemorySegment target, int begin, int end) {
      prepared.addAndGet(end - begin);
      for (int i = begin * cols; i < end * cols; i++) {
        target.setAtIndex(ValueLayout.JAVA_FLOAT, i, 10 * x[xOffset + i]);
      }
    }

    @Override
    public void multiply(
        MemorySegment weights,
        int cols,
        MemorySegment vectors,
        int batch,
        float[] y,
        int yOffset,
        int yStride,
        int rowBegin,
        int rowEnd) {
      float[] x = vectors.asSlice(0, byteSize(cols, batch)).toArray(ValueLayout.JAVA_FLOAT);
      ScalarBackend.kernels()
          .matMul(FormatId.F32)
          .orElseThrow()
          .multiply(weights, cols, x, 0, batch, y, yOffset, yStride, rowBegin, rowEnd);
    }
  }

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

  private static TensorView tensor(long seed, int cols) {
    return new TensorView(
        FormatId.F32, Shape.of(ROWS, cols), MemorySegment.ofArray(random(seed, ROWS * cols)));
  }

  private Weight matrix(long seed, int cols) {
    return operations.bind(tensor(seed, cols));
  }

  private Buffer vectors(int cols, int batch, float factor) {
    float[] x = random(9, cols * batch);
    for (int i = 0; i < x.length; i++) {
      x[i] *= factor;
    }
    return operations.load(x);
  }

  private float[] product(HostOperations by, Weight weight, Buffer x, int batch) {
    Buffer out = memory.allocate((long) batch * ROWS);
    by.matMul(weight, x, batch, out);
    return read(out);
  }

  private float[] read(Buffer buffer) {
    float[] values = new float[(int) buffer.length()];
    operations.read(buffer, 0, values, 0, values.length);
    return values;
  }

  private float[] tenfoldProduct(Weight weight, int batch) {
    return product(operations.exact(), weight, vectors(COLS, batch, 10), batch);
  }

  @Test
  void matMul_ofAcceptedBatch_isPrepared_andExactOperationsNeverAre() {
    Weight weight = matrix(1, COLS);
    Buffer x = vectors(COLS, LEAST, 1);
    float[] plain = product(operations.exact(), weight, x, LEAST);
    assertThat(tenfold.prepared).hasValue(0);

    float[] fast = product(operations, weight, x, LEAST);
    assertThat(tenfold.prepared).hasValue(LEAST);
    assertThat(fast).isEqualTo(tenfoldProduct(weight, LEAST)).isNotEqualTo(plain);
    assertThat(operations.exact().exact()).isSameAs(operations.exact());
  }

  @Test
  void matMul_ofOtherSizes_isNotPrepared() {
    Weight weight = matrix(1, COLS);
    Buffer few = vectors(COLS, LEAST - 1, 1);
    assertThat(product(operations, weight, few, LEAST - 1))
        .isEqualTo(product(operations.exact(), weight, few, LEAST - 1));
    Weight other = matrix(1, COLS + 8);
    Buffer longer = vectors(COLS + 8, LEAST, 1);
    assertThat(product(operations, other, longer, LEAST))
        .isEqualTo(product(operations.exact(), other, longer, LEAST));
    assertThat(tenfold.prepared).hasValue(0);
  }

  @Test
  void matMulEach_preparesOnceForAllMatrices() {
    List<Weight> weights = List.of(matrix(1, COLS), matrix(2, COLS), matrix(3, COLS));
    int batch = 7;
    List<Buffer> outs = weights.stream().map(w -> memory.allocate((long) batch * ROWS)).toList();

    operations.matMulEach(weights, vectors(COLS, batch, 1), batch, outs);

    assertThat(tenfold.prepared).hasValue(batch);
    for (int i = 0; i < weights.size(); i++) {
      assertThat(read(outs.get(i))).isEqualTo(tenfoldProduct(weights.get(i), batch));
    }
  }

  @Test
  void matMulGated_preparesOnceForBothMatrices() {
    int batch = 6;
    Weight gate = matrix(1, COLS);
    Weight up = matrix(2, COLS);
    Buffer out = memory.allocate((long) batch * ROWS);
    Buffer scratch = memory.allocate((long) batch * ROWS);

    operations.matMulGated(
        gate, up, GateActivation.SILU, vectors(COLS, batch, 1), batch, out, scratch);

    assertThat(tenfold.prepared).hasValue(batch);
    Buffer expected = operations.load(tenfoldProduct(gate, batch));
    operations.swiGlu(expected, operations.load(tenfoldProduct(up, batch)));
    assertThat(read(out)).isEqualTo(read(expected));
  }

  @Test
  void matMulAdd_addsThePreparedProduct() {
    int batch = 6;
    Weight weight = matrix(1, COLS);
    Buffer sum = vectors(ROWS, batch, 1);
    Buffer expected = vectors(ROWS, batch, 1);

    operations.matMulAdd(
        weight, vectors(COLS, batch, 1), batch, sum, memory.allocate((long) batch * ROWS));

    assertThat(tenfold.prepared).hasValue(batch);
    operations.add(expected, operations.load(tenfoldProduct(weight, batch)));
    assertThat(read(sum)).isEqualTo(read(expected));
  }

  @Test
  void experts_ofEnoughTokens_arePrepared_othersAndExactOnesAreNot() {
    int batch = LEAST + 2;
    Weight experts = operations.bindExperts(List.of(tensor(1, COLS), tensor(2, COLS)));
    float[] logits = new float[2 * batch];
    for (int b = 0; b < batch; b++) {
      logits[2 * b + (b == 1 || b == 4 ? 1 : 0)] = 1;
    }
    ExpertChoice choice = operations.chooseExperts(operations.load(logits), 1, true, batch);
    Buffer x = vectors(COLS, batch, 1);
    Buffer out = memory.allocate((long) batch * ROWS);

    operations.exact().matMulExperts(experts, choice, x, out);
    float[] exact = read(out);
    assertThat(tenfold.prepared).hasValue(0);

    operations.matMulExperts(experts, choice, x, out);
    assertThat(tenfold.prepared).hasValue(LEAST);
    float[] first = tenfoldProduct(matrix(1, COLS), batch);
    float[] fast = read(out);
    for (int b = 0; b < batch; b++) {
      float[] expected = b == 1 || b == 4 ? exact : first;
      assertThat(Arrays.copyOfRange(fast, b * ROWS, (b + 1) * ROWS))
          .isEqualTo(Arrays.copyOfRange(expected, b * ROWS, (b + 1) * ROWS));
    }
  }

  @Test
  void memory_isKeptForTheNextOperationOfAnySize() {
    Weight weight = matrix(1, COLS);
    for (int batch : new int[] {20, 6, 33, 5}) {
      assertThat(product(operations, weight, vectors(COLS, batch, 1), batch))
          .isEqualTo(tenfoldProduct(weight, batch));
    }
  }
}
