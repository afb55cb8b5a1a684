package io.quant4j.kernels.vector.machine.op;

import io.quant4j.api.spi.AddKernel;
import io.quant4j.kernels.vector.machine.product.Functions;

/**
 * Sum of two vectors by generated code. Only where {@link
 * io.quant4j.kernels.vector.machine.MachineCode} is usable.
 */
public final class MachineAdd implements AddKernel {
  private static final PairFunction FUNCTION = new PairFunction(Functions.map(PairCode.add()));

  private final AddKernel twin;

  /**
   * @param twin does what is no whole vector
   */
  public MachineAdd(AddKernel twin) {
    this.twin = twin;
  }

  @Override
  public void add(float[] x, int xOffset, float[] y, int yOffset, int count) {
    int done = FUNCTION.apply(x, xOffset, y, yOffset, count);
    if (done < count) {
      twin.add(x, xOffset + done, y, yOffset + done, count - done);
    }
  }
}
