package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.VectorWidth.FLOATS;
import static io.quant4j.kernels.vector.VectorWidth.LANES;

import io.quant4j.api.spi.SwiGluKernel;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Gated activation. The elements behind the last whole vector are computed under a mask by the same arithmetic, so that a
 * result does not depend on the element's place.
 */
public final class VectorSwiGlu implements SwiGluKernel {

  /** Stateless. */
  public VectorSwiGlu() {}

  @Override
  public void apply(float[] gate, int gateOffset, float[] up, int upOffset, int count) {
    int bound = FLOATS.loopBound(count);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector z = FloatVector.fromArray(FLOATS, gate, gateOffset + i);
      silu(z)
          .mul(FloatVector.fromArray(FLOATS, up, upOffset + i))
          .intoArray(gate, gateOffset + i);
    }
    if (bound < count) {
      VectorMask<Float> rest = FLOATS.indexInRange(bound, count);
      FloatVector z = FloatVector.fromArray(FLOATS, gate, gateOffset + bound, rest);
      silu(z)
          .mul(FloatVector.fromArray(FLOATS, up, upOffset + bound, rest))
          .intoArray(gate, gateOffset + bound, rest);
    }
  }

  private static FloatVector silu(FloatVector z) {
    return z.div(Exponential.of(z.neg()).add(1));
  }
}
