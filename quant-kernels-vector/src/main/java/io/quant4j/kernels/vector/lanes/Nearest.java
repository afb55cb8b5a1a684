package io.quant4j.kernels.vector.lanes;

/**
 * Numbers for rounding to the nearest integer, ties to even, as {@link
 * io.quant4j.core.format.Rounding#nearest} does, to be written out in each loop:
 *
 * <pre>{@code
 * v.add(SHIFT).reinterpretAsInts().and(LOW_BITS).or(HIGH_BITS)   // the integer + SHIFT_BITS
 *     .max(SHIFT_BITS + lowest).min(SHIFT_BITS + highest)        // limited
 *     .reinterpretAsFloats().sub(SHIFT)                          // as float, or
 *     .sub(SHIFT_BITS)                                           // as int
 * }</pre>
 *
 * <p>The bits are cut and set again for the sake of magnitudes from 2^22 on and NaN, where the
 * formats' arithmetic gives the same odd integers.
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

  private Nearest() {}
}
