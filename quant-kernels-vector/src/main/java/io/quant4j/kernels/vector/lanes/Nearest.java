package io.quant4j.kernels.vector.lanes;

import java.util.Arrays;

/**
 * Numbers for rounding to the nearest integer, ties to even, as {@link
 * io.quant4j.core.format.Rounding#nearest} does, to be written out in each loop:
 *
 * <pre>{@code
 * v.add(shift).reinterpretAsInts().and(low).or(high)             // the integer + SHIFT_BITS
 *     .max(SHIFT_BITS + lowest).min(SHIFT_BITS + highest)        // limited
 *     .reinterpretAsFloats().sub(shift)                          // as float, or
 *     .sub(SHIFT_BITS)                                           // as int
 * }</pre>
 *
 * <p>The bits are cut and set again for the sake of magnitudes from 2^22 on and NaN, where the
 * formats' arithmetic gives the same odd integers.
 *
 * <p>Loops that matter load what they need from the arrays first: the compiler keeps such vectors
 * in registers, while it loads constants again in every step.
 */
public final class Nearest {
  /**
   * 1.5 * 2^23: added to a float of magnitude below 2^22 it leaves the nearest integer in the low
   * bits.
   */
  public static final float SHIFT = 0x1.8p23f;

  /** The fraction of a float. */
  public static final int LOW_BITS = 0x7fffff;

  /** The exponent of {@link #SHIFT}, in place. */
  public static final int HIGH_BITS = 0x4b000000;

  /** The bits of {@link #SHIFT}. */
  public static final int SHIFT_BITS = HIGH_BITS | 0x400000;

  private static final float[] SHIFTS = new float[Lanes.COUNT];
  private static final int[] LOW = new int[Lanes.COUNT];
  private static final int[] HIGH = new int[Lanes.COUNT];

  static {
    Arrays.fill(SHIFTS, SHIFT);
    Arrays.fill(LOW, LOW_BITS);
    Arrays.fill(HIGH, HIGH_BITS);
  }

  private Nearest() {}

  /** {@link #SHIFT} in each lane, for reading. */
  public static float[] shifts() {
    return SHIFTS;
  }

  /** {@link #LOW_BITS} in each lane, for reading. */
  public static int[] lowBits() {
    return LOW;
  }

  /** {@link #HIGH_BITS} in each lane, for reading. */
  public static int[] highBits() {
    return HIGH;
  }
}
