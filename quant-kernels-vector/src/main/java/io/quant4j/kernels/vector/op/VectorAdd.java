package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.VectorWidth.FLOATS;
import static io.quant4j.kernels.vector.VectorWidth.LANES;

import io.quant4j.api.spi.AddKernel;
import jdk.incubator.vector.FloatVector;

/** Sum of two vectors. */
public final class VectorAdd implements AddKernel {

  /** Stateless. */
  public VectorAdd() {}

  @Override
  public void add(float[] x, int xOffset, float[] y, int yOffset, int count) {
    int bound = FLOATS.loopBound(count);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector.fromArray(FLOATS, x, xOffset + i)
          .add(FloatVector.fromArray(FLOATS, y, yOffset + i))
          .intoArray(x, xOffset + i);
    }
    for (int i = bound; i < count; i++) {
      x[xOffset + i] += y[yOffset + i];
    }
  }
}
