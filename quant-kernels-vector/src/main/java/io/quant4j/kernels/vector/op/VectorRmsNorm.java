package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.RmsNormKernel;
import io.quant4j.kernels.vector.lanes.Lanes;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * RMS norm. Squares are summed in double precision: there the square of a float is exact and no sum
 * of them overflows, so large activations do no harm. The result has a relative error of at most
 * 2^-22: three roundings to float.
 */
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
    float scale = (float) (1 / Math.sqrt(squares(x, xOffset, dim) / dim + epsilon));
    int whole = Lanes.FLOATS.loopBound(dim);
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector scaled = Lanes.floats(x, xOffset + i).mul(scale);
      scaled.mul(Lanes.floats(gain, gainOffset + i)).intoArray(out, outOffset + i);
    }
    for (int i = whole; i < dim; i++) {
      out[outOffset + i] = x[xOffset + i] * scale * gain[gainOffset + i];
    }
  }

  private static double squares(float[] x, int xOffset, int dim) {
    DoubleVector low = DoubleVector.zero(Lanes.DOUBLES);
    DoubleVector high = DoubleVector.zero(Lanes.DOUBLES);
    int whole = Lanes.FLOATS.loopBound(dim);
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector v = Lanes.floats(x, xOffset + i);
      DoubleVector v0 = doubles(v, 0);
      DoubleVector v1 = doubles(v, 1);
      low = v0.fma(v0, low);
      high = v1.fma(v1, high);
    }
    if (whole < dim) {
      VectorMask<Float> rest = Lanes.first(dim - whole);
      FloatVector v = Lanes.floats(x, xOffset + whole, rest);
      DoubleVector v0 = doubles(v, 0);
      DoubleVector v1 = doubles(v, 1);
      low = v0.fma(v0, low);
      high = v1.fma(v1, high);
    }
    return sum(low.add(high));
  }

  private static DoubleVector doubles(FloatVector v, int part) {
    return (DoubleVector) v.convertShape(VectorOperators.F2D, Lanes.DOUBLES, part);
  }

  /** In the order of lanes: reduceLanes leaves the order open. */
  private static double sum(DoubleVector v) {
    double sum = 0;
    for (double lane : v.toArray()) {
      sum += lane;
    }
    return sum;
  }
}
