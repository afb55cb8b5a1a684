package io.quant4j.kernels.vector.machine.op;

import io.quant4j.api.spi.SwiGluKernel;
import io.quant4j.kernels.vector.machine.product.Functions;

/**
 * SwiGLU by generated code. Only where {@link io.quant4j.kernels.vector.machine.MachineCode} is
 * usable.
 */
public final class MachineSwiGlu implements SwiGluKernel {
  private static final PairFunction FUNCTION = new PairFunction(Functions.map(SwiGluCode.bytes()));

  private final SwiGluKernel twin;

  /**
   * @param twin does what is no whole vector
   */
  public MachineSwiGlu(SwiGluKernel twin) {
    this.twin = twin;
  }

  @Override
  public void apply(float[] gate, int gateOffset, float[] up, int upOffset, int count) {
    int done = FUNCTION.apply(gate, gateOffset, up, upOffset, count);
    if (done < count) {
      twin.apply(gate, gateOffset + done, up, upOffset + done, count - done);
    }
  }
}
