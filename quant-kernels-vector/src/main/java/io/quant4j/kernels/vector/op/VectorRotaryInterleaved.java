package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.RotaryKernel;
import io.quant4j.kernels.vector.lanes.Lanes;
import jdk.incubator.vector.FloatVector;

/**
 * Rotary embedding of neighbours: (a, b) at 2i, 2i + 1 become (a cos - b sin, b cos + a sin). Lanes
 * are multiplied with their own cosine, and with neighbours swapped with their own signed sine.
 */
public final class VectorRotaryInterleaved implements RotaryKernel {
  /** Stateless. */
  public VectorRotaryInterleaved() {}

  @Override
  public void rotate(
      float[] x, int xOffset, int heads, int headDim, float[] angles, int anglesOffset, int dims) {
    // Brought into the order of elements once, for all heads.
    float[] cosines = new float[dims];
    float[] sines = new float[dims];
    for (int i = 0; i < dims; i += 2) {
      float cos = angles[anglesOffset + i];
      float sin = angles[anglesOffset + i + 1];
      cosines[i] = cos;
      cosines[i + 1] = cos;
      sines[i] = -sin;
      sines[i + 1] = sin;
    }
    for (int head = 0; head < heads; head++) {
      rotate(x, xOffset + head * headDim, cosines, sines);
    }
  }

  private static void rotate(float[] x, int at, float[] cosines, float[] sines) {
    int dims = cosines.length;
    int whole = Lanes.FLOATS.loopBound(dims);
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector v = Lanes.floats(x, at + i);
      FloatVector crossed = v.rearrange(Lanes.NEIGHBOUR).mul(Lanes.floats(sines, i));
      v.mul(Lanes.floats(cosines, i)).add(crossed).intoArray(x, at + i);
    }
    for (int i = whole; i < dims; i += 2) {
      float a = x[at + i];
      float b = x[at + i + 1];
      x[at + i] = a * cosines[i] + b * sines[i];
      x[at + i + 1] = b * cosines[i + 1] + a * sines[i + 1];
    }
  }
}
