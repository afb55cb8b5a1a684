package io.quant4j.kernels.vector.machine.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.spi.RmsNormKernel;
import io.quant4j.api.spi.RotaryKernel;
import io.quant4j.kernels.vector.machine.Usability;
import io.quant4j.kernels.vector.op.VectorRmsNorm;
import io.quant4j.kernels.vector.op.VectorRotaryHalfSplit;
import io.quant4j.kernels.vector.op.VectorRotaryInterleaved;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Norms and rotary embedding by generated code give the bits of the kernels on the Vector API. */
class MachineRowsTest {
  private static final int SEED = 5;
  private static final float EPSILON = 1e-5f;

  private static float[] random(int stream, int count, float size) {
    SplittableRandom random = new SplittableRandom(SEED + stream);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (size * (2 * random.nextDouble() - 1));
    }
    return values;
  }

  private static void checkNorm(int dim, float size) {
    if (!Usability.checked()) {
      return;
    }
    float[] x = random(1, dim + 3, size);
    float[] gain = random(2, dim + 5, 2);
    float[] expected = new float[dim + 7];
    float[] actual = new float[dim + 7];
    RmsNormKernel vector = new VectorRmsNorm();
    vector.normalize(x, 3, gain, 5, EPSILON, dim, expected, 7);
    new MachineRmsNorm(vector).normalize(x, 3, gain, 5, EPSILON, dim, actual, 7);
    assertThat(actual).isEqualTo(expected);
    new MachineRmsNorm(vector).normalize(x, 3, gain, 5, EPSILON, dim, x, 3);
    assertThat(Arrays.copyOfRange(x, 3, 3 + dim))
        .isEqualTo(Arrays.copyOfRange(expected, 7, 7 + dim));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 17, 32, 64, 576, 2_048, 2_050})
  void norm_ofAnyLength_hasTheSameBits(int dim) {
    checkNorm(dim, 3);
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 1e-40f, 1e-20f, 1, 1e20f, 3e38f, Float.NaN, Float.POSITIVE_INFINITY})
  void norm_ofAnySize_hasTheSameBits(float size) {
    checkNorm(256, size);
  }

  private static void checkRotary(
      RotaryKernel vector, RotaryKernel machine, int heads, int headDim, int dims) {
    float[] expected = random(1, 3 + heads * headDim, 10);
    float[] actual = expected.clone();
    float[] angles = random(2, 5 + dims, 1);
    vector.rotate(expected, 3, heads, headDim, angles, 5, dims);
    machine.rotate(actual, 3, heads, headDim, angles, 5, dims);
    assertThat(actual).as("%d of %d", dims, headDim).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 16, 20, 32, 48, 64, 96, 128, 256})
  void rotary_ofWholeHeadsAndParts_hasTheSameBits(int dims) {
    if (!Usability.checked()) {
      return;
    }
    RotaryKernel neighbours = new VectorRotaryInterleaved();
    RotaryKernel halves = new VectorRotaryHalfSplit();
    for (int headDim : new int[] {dims, dims + 6, dims + 64}) {
      for (int heads : new int[] {1, 3, 8}) {
        checkRotary(neighbours, MachineRotary.interleaved(neighbours), heads, headDim, dims);
        checkRotary(halves, MachineRotary.halfSplit(halves), heads, headDim, dims);
      }
    }
  }

  @Test
  void rangeBeyondAnArray_isRefused() {
    if (!Usability.checked()) {
      return;
    }
    float[] few = new float[31];
    float[] many = new float[64];
    RmsNormKernel norm = new MachineRmsNorm(new VectorRmsNorm());
    RotaryKernel rotary = MachineRotary.interleaved(new VectorRotaryInterleaved());
    assertThatThrownBy(() -> norm.normalize(few, 0, many, 0, EPSILON, 32, many, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> norm.normalize(many, 0, few, 0, EPSILON, 32, many, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> norm.normalize(many, 0, many, 0, EPSILON, 32, few, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> rotary.rotate(many, 40, 1, 32, many, 0, 32))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> rotary.rotate(many, 0, 1, 32, few, 0, 32))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
