package io.quant4j.core.format;

/** The ways in which upstream's encoders turn floats into integers. */
public final class Rounding {
  /**
   * 1.5 * 2^23: added to a float of magnitude below 2^22 it leaves the nearest integer in the low
   * bits.
   */
  private static final float SHIFT = 0x1.8p23f;

  private static final int LOW_BITS = 0x7fffff;
  private static final int SHIFT_BITS = 0x400000;

  private Rounding() {}

  /**
   * Nearest integer, ties to even, for magnitudes below 2^22. Larger ones (possible only where the
   * result is clamped to a range far smaller than the error of the block's minimum) give what this
   * arithmetic gives upstream, in {@code nearest_int}.
   */
  public static int nearest(float value) {
    return (Float.floatToRawIntBits(value + SHIFT) & LOW_BITS) - SHIFT_BITS;
  }

  /** Nearest integer, ties away from zero, as C's {@code roundf}. */
  static int halfAwayFromZero(float value) {
    // In double the sum is exact where it matters: 0.49999997f + 0.5f would round up to 1.
    return (int) (value + Math.copySign(0.5, value));
  }

  /**
   * 1 / scale, or 0 where that is no finite number: the scale is then stored as 0 whatever the
   * codes are.
   */
  public static float inverse(float scale) {
    float inverse = 1 / scale;
    return Float.isFinite(inverse) ? inverse : 0;
  }

  /**
   * Code c, 0 to {@code highest}, of the odd number 2c + 1 nearest to {@code value}; ties go to the
   * even code.
   */
  public static int oddCode(float value, int highest) {
    return Math.clamp(nearest(0.5f * (value - 1)), 0, highest);
  }
}
