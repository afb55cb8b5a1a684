package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.GeGluKernel;
import io.quant4j.kernels.vector.lanes.Exp;
import io.quant4j.kernels.vector.lanes.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * GEGLU with the tanh approximation, of which (1 + tanh(u)) / 2 is 1 / (1 + exp(-2u)). Every
 * element goes through the same operations wherever it lies, so how a row is split over calls does
 * not change results.
 */
public final class VectorGeGlu implements GeGluKernel {
  /** -2 sqrt(2 / pi). */
  private static final float SLOPE = (float) (-2 * Math.sqrt(2 / Math.PI));

  private static final float CUBIC = 0.044715f;

  /** Stateless. */
  public VectorGeGlu() {}

  @Override
  public void apply(float[] gate, int gateOffset, float[] up, int upOffset, int count) {
    int whole = Lanes.FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector z = Lanes.floats(gate, gateOffset + i);
      gelu(z).mul(Lanes.floats(up, upOffset + i)).intoArray(gate, gateOffset + i);
    }
    if (whole < count) {
      VectorMask<Float> rest = Lanes.first(count - whole);
      FloatVector z = Lanes.floats(gate, gateOffset + whole, rest);
      FloatVector u = Lanes.floats(up, upOffset + whole, rest);
      gelu(z).mul(u).intoArray(gate, gateOffset + whole, rest);
    }
  }

  /** z / (1 + exp(-2 sqrt(2 / pi) z (1 + 0.044715 z^2))). */
  private static FloatVector gelu(FloatVector z) {
    FloatVector bend = z.mul(z).mul(CUBIC).add(1);
    return z.div(Exp.of(bend.mul(z).mul(SLOPE)).add(1));
  }
}
