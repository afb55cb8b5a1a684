package io.quant4j.contract;

/**
 * How far a kernel in single precision may be from the same formula in double precision. Limits are
 * relative to the sum of the terms' magnitudes, so that cancellation does not count against a
 * kernel.
 */
final class KernelBudget {
  /** Largest relative error of one rounding to a float. */
  static final double ROUNDING = 0x1p-24;

  /** Largest relative error of a float exponential: a polynomial good to a few units. */
  static final double EXPONENTIAL = 8 * ROUNDING;

  /** Results smaller than this may be flushed to zero by an exponential. */
  static final double FLUSHED = 100 * Float.MIN_NORMAL;

  /**
   * Standard deviations that the rounding errors of a sum may add up to: 2 exp(-6^2 / 2) is 3e-8.
   */
  private static final double DEVIATIONS = 6;

  /** Roundings of a result that is scaled and put together after the sum. */
  private static final double LAST_STEPS = 8;

  private KernelBudget() {}

  /**
   * Relative error of a sum of {@code count} products in any order. Errors of at most one rounding
   * each, as if independent with mean zero, add up to a few times the square root of their number
   * (Higham and Mary, "A new approach to probabilistic rounding error analysis", 2019).
   */
  static double sum(int count) {
    return (LAST_STEPS + DEVIATIONS * Math.sqrt(count)) * ROUNDING;
  }

  /**
   * Absolute error of {@code count} products of a block scale below the normal range: half the
   * smallest float each, times the largest product of integers that a known format multiplies a
   * scale by (128 * 32 in Q6_K).
   */
  static double underflow(int count) {
    return (double) Float.MIN_VALUE * 128 * 32 * count;
  }
}
