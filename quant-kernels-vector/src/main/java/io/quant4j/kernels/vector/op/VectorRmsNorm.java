package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.VectorWidth.FLOATS;
import static io.quant4j.kernels.vector.VectorWidth.LANES;

import io.quant4j.api.spi.RmsNormKernel;
import io.quant4j.kernels.vector.Lanes;
import jdk.incubator.vector.FloatVector;

/** RMS norm of rows. */
public final class VectorRmsNorm implements RmsNormKernel {

  /** Stateless. */
  public VectorRmsNorm() {}

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
    double mean = squares(x, xOffset, dim) / dim;
    float scale = (float) (1 / Math.sqrt(mean + epsilon));
    int bound = FLOATS.loopBound(dim);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector.fromArray(FLOATS, x, xOffset + i)
          .mul(scale)
          .mul(FloatVector.fromArray(FLOATS, gain, gainOffset + i))
          .intoArray(out, outOffset + i);
    }
    for (int i = bound; i < dim; i++) {
      out[outOffset + i] = x[xOffset + i] * scale * gain[gainOffset + i];
    }
  }

  private static double squares(float[] x, int xOffset, int dim) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int bound = FLOATS.loopBound(dim);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
      sum = v.fma(v, sum);
    }
    double squares = Lanes.sum(sum);
    for (int i = bound; i < dim; i++) {
      squares += (double) x[xOffset + i] * x[xOffset + i];
    }
    return squares;
  }
}
