package io.quant4j.kernels.vector.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** The ways in which encoders turn floats into integers, equal to the formats' own. */
public final class Nearest {
  /**
   * 1.5 * 2^23: added to a float of magnitude below 2^22 it leaves the nearest integer in the low
   * bits, ties to even.
   */
  private static final float SHIFT = 0x1.8p23f;

  private static final int LOW_BITS = 0x7fffff;
  private static final int HIGH_BITS = 0x4b000000;
  private static final int SHIFT_BITS = HIGH_BITS | 0x400000;


  private Nearest() {}

  /**
   * Nearest integers, ties to even, limited to a range of integers; as {@link
   * io.quant4j.core.format.Rounding#nearest} also where a magnitude reaches 2^22 or is NaN.
   */
  public static FloatVector limited(FloatVector v, int lowest, int highest) {
    return bits(v, lowest, highest).reinterpretAsFloats().sub(SHIFT);
  }

  /** The same as ints. */
  public static IntVector limitedInts(FloatVector v, int lowest, int highest) {
    return bits(v, lowest, highest).sub(SHIFT_BITS);
  }

  private static IntVector bits(FloatVector v, int lowest, int highest) {
    IntVector bits = v.add(SHIFT).reinterpretAsInts().and(LOW_BITS).or(HIGH_BITS);
    return bits.max(SHIFT_BITS + lowest).min(SHIFT_BITS + highest);
  }
}
