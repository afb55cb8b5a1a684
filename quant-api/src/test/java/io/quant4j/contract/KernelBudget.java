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

  /** Columns of which the largest magnitude counts in fixed point. */
  static final int FIXED_GROUP = 256;

  /** Groups whose largest magnitude is below this may be rounded as if it were this. */
  static final double FIXED_SMALLEST = 0x1p-48;

  /**
   * Largest error of a weight rounded to 14 bits with its sign, relative to the largest one of its
   * group: half of one of 2^13 - 1 steps.
   */
  private static final double FIXED_WEIGHT = 0.5 / ((1 << 13) - 1);

  /** The same for an element of a vector, rounded to 15 bits with its sign. */
  private static final double FIXED_VECTOR = 0.5 / ((1 << 14) - 1);

  /** Roundings of a scale, of its inverse, and of a number times that. */
  private static final double FIXED_STEPS = 1 + 0x1p-12;

  /**
   * Absolute error of the products of a group in fixed point, beside that of adding them up: every
   * weight and every element is off by at most half a step of its group's largest magnitude. Errors
   * of equal weights are equal, so nothing is taken off for chance. For comparison, llama.cpp
   * rounds vectors to 8 bits, half a step of 127: 129 times as much as here.
   *
   * @param largestWeight magnitude of the group's largest weight
   * @param weights sum of the magnitudes of the group's weights
   * @param largestElement magnitude of the vector's largest element in the group
   * @param elements sum of the magnitudes of its elements
   */
  static double fixedPoint(
      double largestWeight, double weights, double largestElement, double elements) {
    double weight = FIXED_WEIGHT * Math.max(largestWeight, FIXED_SMALLEST);
    double element = FIXED_VECTOR * Math.max(largestElement, FIXED_SMALLEST);
    return FIXED_STEPS * (weight * elements + element * weights + FIXED_GROUP * weight * element);
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
