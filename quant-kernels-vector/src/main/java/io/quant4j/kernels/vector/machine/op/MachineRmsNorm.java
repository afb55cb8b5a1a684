package io.quant4j.kernels.vector.machine.op;

import io.quant4j.api.spi.RmsNormKernel;
import io.quant4j.kernels.vector.machine.product.Functions;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * RMS norm by generated code. Only where {@link io.quant4j.kernels.vector.machine.MachineCode} is
 * usable.
 */
public final class MachineRmsNorm implements RmsNormKernel {
  private static final MemorySegment CODE = Functions.map(RmsNormCode.bytes());
  private static final int TURN = 16;

  private final RmsNormKernel twin;

  /**
   * @param twin takes rows that are no whole number of vectors
   */
  public MachineRmsNorm(RmsNormKernel twin) {
    this.twin = twin;
  }

  @Override
  public void normalize(
      float[] x,
      int xOffset,
      float[] gain,
      int gainOffset,
      float epsilon,
      int dim,
      float[] out,
      int outOffset) {
    if (dim % TURN != 0 || dim == 0) {
      twin.normalize(x, xOffset, gain, gainOffset, epsilon, dim, out, outOffset);
      return;
    }
    Objects.checkFromIndexSize(xOffset, dim, x.length);
    Objects.checkFromIndexSize(gainOffset, dim, gain.length);
    Objects.checkFromIndexSize(outOffset, dim, out.length);
    Functions.call(
        CODE,
        x,
        xOffset,
        gain,
        gainOffset,
        out,
        outOffset,
        dim / TURN,
        0,
        0,
        Double.doubleToRawLongBits(dim),
        Double.doubleToRawLongBits(epsilon),
        Double.doubleToRawLongBits(1),
        0,
        0);
  }
}
