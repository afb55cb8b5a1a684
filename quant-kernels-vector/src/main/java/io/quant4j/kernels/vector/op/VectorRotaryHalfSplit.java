package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.RotaryKernel;
import io.quant4j.kernels.vector.lanes.Lanes;
import jdk.incubator.vector.FloatVector;

/** Rotary embedding of halves: (a, b) at i, i + dims / 2 become (a cos - b sin, b cos + a sin). */
public final class VectorRotaryHalfSplit implements RotaryKernel {
  /** Stateless. */
  public VectorRotaryHalfSplit() {}

  @Override
  public void rotate(
      float[] x, int xOffset, int heads, int headDim, float[] angles, int anglesOffset, int dims) {
    // Taken apart once, for all heads.
    float[] cosines = new float[dims / 2];
    float[] sines = new float[dims / 2];
    for (int i = 0; i < cosines.length; i++) {
      cosines[i] = angles[anglesOffset + 2 * i];
      sines[i] = angles[anglesOffset + 2 * i + 1];
    }
    for (int head = 0; head < heads; head++) {
      rotate(x, xOffset + head * headDim, cosines, sines);
    }
  }

  private static void rotate(float[] x, int first, float[] cosines, float[] sines) {
    int pairs = cosines.length;
    int second = first + pairs;
    int whole = Lanes.FLOATS.loopBound(pairs);
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector a = Lanes.floats(x, first + i);
      FloatVector b = Lanes.floats(x, second + i);
      FloatVector cos = Lanes.floats(cosines, i);
      FloatVector sin = Lanes.floats(sines, i);
      a.mul(cos).sub(b.mul(sin)).intoArray(x, first + i);
      b.mul(cos).add(a.mul(sin)).intoArray(x, second + i);
    }
    for (int i = whole; i < pairs; i++) {
      float a = x[first + i];
      float b = x[second + i];
      x[first + i] = a * cosines[i] - b * sines[i];
      x[second + i] = b * cosines[i] + a * sines[i];
    }
  }
}
