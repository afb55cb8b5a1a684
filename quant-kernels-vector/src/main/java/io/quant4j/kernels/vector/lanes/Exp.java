package io.quant4j.kernels.vector.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * e^x by x = n ln 2 + r with an integer n: e^x = 2^n e^r, and e^r by a polynomial for |r| up to (ln
 * 2) / 2.
 *
 * <p>The polynomial is 1 + r + r^2 q(r) with q of degree 4, fitted by us to the smallest largest
 * relative error (3.1e-9) over that range. With every rounding the relative error is below {@link
 * #MAX_RELATIVE_ERROR}.
 */
public final class Exp {
  /** Bound on the relative error from {@link #UNDERFLOW} to {@link #OVERFLOW}. */
  public static final float MAX_RELATIVE_ERROR = 0x1p-23f;

  /** Below this the result is 0: it would be less than 1.21e-38. */
  public static final float UNDERFLOW = -87.3f;

  /** Above this the result is infinity: it would be more than the largest float. */
  public static final float OVERFLOW = 88.72283f;

  /** Factor of x; this and the constants below are for machine code that does the same. */
  public static final float LOG2_E = 1.44269504f;

  /** ln 2 in two parts; the first has so few bits that its product with n is exact. */
  public static final float LN_2_HIGH = 0x1.62e4p-1f;

  /** The other part. */
  public static final float LN_2_LOW = 0x1.7f7d1cp-20f;

  /** 1.5 * 2^23: added to a small float it leaves the nearest integer in the low bits. */
  public static final float SHIFT = 0x1.8p23f;

  private static final float C2 = 0x1.fffffcp-2f;
  private static final float C3 = 0x1.555492p-3f;
  private static final float C4 = 0x1.5558f2p-5f;
  private static final float C5 = 0x1.123a20p-7f;
  private static final float C6 = 0x1.6a23d0p-10f;

  private Exp() {}

  /** Coefficients of the polynomial, that of the highest power first. */
  public static float[] coefficients() {
    return new float[] {C6, C5, C4, C3, C2, 1, 1};
  }

  /** e^x in each lane; NaN gives NaN. */
  public static FloatVector of(FloatVector x) {
    FloatVector shifted = x.fma(broadcast(LOG2_E), broadcast(SHIFT));
    FloatVector n = shifted.sub(SHIFT);
    FloatVector r = n.fma(broadcast(-LN_2_HIGH), x);
    r = n.fma(broadcast(-LN_2_LOW), r);
    FloatVector p = r.fma(broadcast(C6), broadcast(C5));
    p = p.fma(r, broadcast(C4));
    p = p.fma(r, broadcast(C3));
    p = p.fma(r, broadcast(C2));
    p = p.fma(r, broadcast(1));
    p = p.fma(r, broadcast(1));
    // n sits in the low bits of the shifted number: moved to the exponent it multiplies by 2^n.
    IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    FloatVector result = p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    result = result.blend(0, x.compare(VectorOperators.LT, UNDERFLOW));
    result = result.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, OVERFLOW));
    VectorMask<Float> nan = x.test(VectorOperators.IS_NAN);
    return result.blend(x, nan);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(Lanes.FLOATS, value);
  }
}
