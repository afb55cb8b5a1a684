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
  private static final MemorySegment SQUARES = Functions.map(RmsNormCode.squares());
  private static final MemorySegment SCALED = Functions.map(RmsNormCode.scaled());
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
    MemorySegment row = Functions.at(x, xOffset);
    double[] lanes = new double[RmsNormCode.DOUBLES];
    Functions.rows(SQUARES, row, MemorySegment.ofArray(lanes), row, dim / TURN, 0, 0);
    float scale = (float) (1 / Math.sqrt(sum(lanes) / dim + epsilon));
    Functions.call(
        SCALED,
        row,
        Functions.at(gain, gainOffset),
        Functions.at(out, outOffset),
        dim / TURN,
        0,
        0,
        Float.floatToRawIntBits(scale),
        0,
        0,
        0,
        0);
  }

  private static double sum(double[] lanes) {
    double sum = 0;
    for (double lane : lanes) {
      sum += lane;
    }
    return sum;
  }
}
