package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.AddKernel;
import io.quant4j.kernels.vector.lanes.Lanes;

/** Sum of two vectors, each element rounded once. */
public final class VectorAdd implements AddKernel {
  /** Stateless. */
  public VectorAdd() {}

  @Override
  public void add(float[] x, int xOffset, float[] y, int yOffset, int count) {
    int whole = Lanes.FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += COUNT) {
      Lanes.floats(x, xOffset + i).add(Lanes.floats(y, yOffset + i)).intoArray(x, xOffset + i);
    }
    for (int i = whole; i < count; i++) {
      x[xOffset + i] += y[yOffset + i];
    }
  }
}
