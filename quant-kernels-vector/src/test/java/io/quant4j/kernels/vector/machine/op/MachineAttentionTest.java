package io.quant4j.kernels.vector.machine.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.kernels.vector.machine.Usability;
import io.quant4j.kernels.vector.op.VectorAttention;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Generated code gives the bits of the kernel on the Vector API. */
class MachineAttentionTest {
  private static final int SEED = 11;
  private static final int TILE = AttentionKernel.TILE;
  private static final int OFFSET = 3;

  /** The state of some queries, and what they meet. */
  private static final class Trial {
    final AttentionShape shape;
    final int rows;
    final float[] query;
    final float[] keys;
    final float[] values;
    final float[] largest;
    final float[] weights;
    final float[] sums;

    Trial(AttentionShape shape, int rows, float size) {
      this.shape = shape;
      this.rows = rows;
      int queries = rows * shape.groupSize();
      query = random(1, OFFSET + rows * shape.queryDim(), size);
      keys = random(2, TILE * shape.headDim(), 1);
      values = random(3, TILE * shape.headDim(), 1);
      largest = new float[queries];
      Arrays.fill(largest, Float.NEGATIVE_INFINITY);
      weights = new float[queries];
      sums = new float[queries * shape.headDim()];
    }

    /** Takes the tile twice, the second time as one further back, which all rows see more of. */
    Trial take(AttentionKernel kernel, int visible) {
      take(kernel, keys, visible);
      float[] others = random(4, keys.length, 1.5f);
      take(kernel, others, visible + TILE / 2);
      return this;
    }

    void take(AttentionKernel kernel, float[] tile, int visible) {
      float[] scratch = new float[AttentionKernel.SCRATCH];
      Arrays.fill(scratch, Float.NaN);
      kernel.take(
          shape, query, OFFSET, rows, tile, values, visible, largest, weights, sums, scratch);
    }

    void isLike(Trial expected) {
      // assertj compares floats by their bits but takes all NaN as one.
      assertThat(largest).isEqualTo(expected.largest);
      assertThat(weights).isEqualTo(expected.weights);
      assertThat(sums).isEqualTo(expected.sums);
    }
  }

  private static float[] random(int stream, int count, float size) {
    SplittableRandom random = new SplittableRandom(SEED + stream);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (size * (2 * random.nextDouble() - 1));
    }
    return values;
  }

  private static AttentionShape shape(int group, int headDim, int window) {
    return new AttentionShape(2 * group, 2, headDim, 0.125f, window, 0);
  }

  private static void check(AttentionShape shape, int rows, int visible, float size) {
    if (!Usability.checked()) {
      return;
    }
    Trial expected = new Trial(shape, rows, size).take(new VectorAttention(), visible);
    Trial actual = new Trial(shape, rows, size).take(machine(), visible);
    actual.isLike(expected);
  }

  private static MachineAttention machine() {
    return new MachineAttention((shape, q, at, rows, k, v, visible, l, w, s, scratch) -> {
      throw new AssertionError("left to the twin");
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 48, 64, 80, 96, 112, 128, 256})
  void heads_ofWholeVectors_haveTheSameBits(int headDim) {
    check(shape(4, headDim, 0), 3, 40, 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 16, 20})
  void groups_ofAnySize_haveTheSameBits(int group) {
    for (int rows : new int[] {1, 2, 17, 32}) {
      check(shape(group, 64, 0), rows, 30, 2);
      check(shape(group, 64, 0), rows, TILE, 2);
    }
  }

  @Test
  void everyNumberOfPositions_hasTheSameBits() {
    for (int visible = -2; visible <= TILE + 2; visible++) {
      check(shape(4, 32, 0), 2, visible, 3);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "5", "16", "33", "64", "100"})
  void windows_haveTheSameBits(int window) {
    for (int visible = 1; visible < 2 * TILE; visible += 7) {
      check(shape(4, 32, window), 5, visible, 3);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 1e-30f, 1e-3f, 1, 30, 300, 1e10f, 1e38f})
  void scores_ofAnySize_haveTheSameBits(float size) {
    check(shape(4, 64, 0), 4, 20, size);
    check(shape(1, 64, 0), 4, 61, size);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void keyThatIsNoNumber_spoilsThoseWhoReadIt(float key) {
    if (!Usability.checked()) {
      return;
    }
    AttentionShape shape = shape(4, 64, 0);
    Trial trial = new Trial(shape, 4, 1);
    trial.keys[5 * TILE + 10] = key; // position 10: read from row 2 on
    trial.take(machine(), trial.keys, 9);
    Trial without = new Trial(shape, 4, 1);
    without.take(machine(), without.keys, 9);
    int seen = 2 * shape.groupSize() * shape.headDim();

    assertThat(Arrays.copyOf(trial.sums, seen)).isEqualTo(Arrays.copyOf(without.sums, seen));
    Trial expected = new Trial(shape, 4, 1);
    expected.keys[5 * TILE + 10] = key;
    expected.take(new VectorAttention(), expected.keys, 9);
    for (int j = 2 * shape.groupSize(); j < trial.weights.length; j++) {
      boolean spoiled = Float.isNaN(expected.weights[j]);
      assertThat(Float.isNaN(trial.weights[j])).as("query %d", j).isEqualTo(spoiled);
    }
  }

  @Test
  void softCapAndOddHeads_areLeftToTheTwin() {
    if (!Usability.checked()) {
      return;
    }
    Trial capped = new Trial(new AttentionShape(2, 1, 16, 1, 0, 30), 1, 1);
    Trial odd = new Trial(new AttentionShape(2, 1, 24, 1), 1, 1);

    assertThatThrownBy(() -> capped.take(machine(), 3)).hasMessage("left to the twin");
    assertThatThrownBy(() -> odd.take(machine(), 3)).hasMessage("left to the twin");
  }

  @Test
  void rangeBeyondAnArray_isRefused() {
    if (!Usability.checked()) {
      return;
    }
    AttentionShape shape = shape(2, 16, 0);
    float[] few = new float[15];
    float[] many = new float[AttentionKernel.SCRATCH];
    MachineAttention kernel = machine();
    assertThatThrownBy(() -> kernel.take(shape, few, 0, 1, many, many, 1, many, many, many, many))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> kernel.take(shape, many, 0, 1, few, many, 1, many, many, many, many))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> kernel.take(shape, many, 0, 1, many, few, 1, many, many, many, many))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> kernel.take(shape, many, 0, 1, many, many, 1, many, many, few, many))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> kernel.take(shape, many, 0, 1, many, many, 1, many, many, many, few))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
