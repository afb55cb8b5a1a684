package io.quant4j.kernels.vector.machine.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.spi.SwiGluKernel;
import io.quant4j.kernels.vector.machine.Usability;
import io.quant4j.kernels.vector.op.VectorAdd;
import io.quant4j.kernels.vector.op.VectorSwiGlu;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Generated code gives the bits of the kernels on the Vector API. */
class MachinePairsTest {
  private static final int SEED = 7;
  private static final int COUNT = 40_000; // more than one call

  private static float[] random(int seed, float largest) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      values[i] = (float) (largest * (2 * random.nextDouble() - 1));
    }
    return values;
  }

  private static void checkSwiGlu(float[] gate, float[] up) {
    if (!Usability.checked()) {
      return;
    }
    float[] expected = gate.clone();
    float[] actual = gate.clone();
    new VectorSwiGlu().apply(expected, 0, up, 0, gate.length);
    new MachineSwiGlu(new VectorSwiGlu()).apply(actual, 0, up, 0, gate.length);
    // assertj compares floats by their bits but takes all NaN as one.
    assertThat(actual).isEqualTo(expected);
  }

  @Test
  void swiGlu_ofUsualAndLargeNumbers_hasTheSameBits() {
    for (float largest : new float[] {1e-3f, 1, 10, 87, 100, 1e30f}) {
      checkSwiGlu(random(SEED, largest), random(SEED + 1, 3));
    }
  }

  @Test
  void swiGlu_aroundItsLimits_hasTheSameBits() {
    float[] gate = new float[4_096];
    for (int i = 0; i < gate.length; i++) {
      float limit = i % 2 == 0 ? 88.72283f : 87.3f;
      int step = i / 4 - gate.length / 8;
      float near = Float.intBitsToFloat(Float.floatToRawIntBits(limit) + step);
      gate[i] = i % 4 < 2 ? near : -near;
    }
    checkSwiGlu(gate, random(SEED, 2));
  }

  @Test
  void swiGlu_ofWhatIsNoNumber_hasTheSameResult() {
    float[] special = {
      0,
      -0f,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.MIN_VALUE,
      -Float.MIN_VALUE,
      Float.MAX_VALUE,
      -Float.MAX_VALUE
    };
    float[] gate = new float[special.length * special.length];
    float[] up = new float[gate.length];
    for (int i = 0; i < gate.length; i++) {
      gate[i] = special[i % special.length];
      up[i] = special[i / special.length];
    }
    checkSwiGlu(gate, up);
  }

  @Test
  void swiGlu_ofAPart_leavesTheRest() {
    if (!Usability.checked()) {
      return;
    }
    float[] gate = random(SEED, 5);
    float[] up = random(SEED + 1, 5);
    float[] expected = gate.clone();
    SwiGluKernel kernel = new MachineSwiGlu(new VectorSwiGlu());
    for (int count : new int[] {0, 1, 15, 16, 17, 33, 20_001}) {
      new VectorSwiGlu().apply(expected, 3, up, 5, count);
      kernel.apply(gate, 3, up, 5, count);
      assertThat(gate).as("%d elements", count).isEqualTo(expected);
    }
  }

  @Test
  void add_hasTheSameBits() {
    if (!Usability.checked()) {
      return;
    }
    float[] x = random(SEED, 1e3f);
    float[] y = random(SEED + 1, 1);
    float[] expected = x.clone();
    new VectorAdd().add(expected, 2, y, 1, COUNT - 5);
    new MachineAdd(new VectorAdd()).add(x, 2, y, 1, COUNT - 5);
    assertThat(x).isEqualTo(expected);
  }

  @Test
  void rangeBeyondAnArray_isRefused() {
    if (!Usability.checked()) {
      return;
    }
    float[] short16 = new float[16];
    float[] long32 = new float[32];
    MachineAdd add = new MachineAdd(new VectorAdd());
    assertThatThrownBy(() -> add.add(short16, 1, long32, 0, 16))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> add.add(long32, 0, short16, 0, 17))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(Arrays.equals(short16, new float[16])).isTrue();
  }
}
