package io.quant4j.contract;

import io.quant4j.api.spi.BlockFormat;

/**
 * How far a block may come back from what was encoded: the root of its mean squared error is at
 * most {@code relative} times its largest magnitude, plus {@code absolute} or twice the largest
 * magnitude, whichever is smaller.
 *
 * @param name what the figures follow from, for failure messages
 * @param relative part of the block's largest magnitude
 * @param absolute allowance for scales or numbers below the normal range of their type
 */
public record ErrorBudget(String name, double relative, double absolute) {

  /**
   * Half the smallest binary16, times the largest product of integers that a known format
   * multiplies its scale by (128 * 32 in Q6_K).
   */
  private static final double SCALE_UNDERFLOW = 0x1p-25 * 128 * 32;

  /**
   * The budget of a format. Plain number types known by name have half a unit in the last place. A
   * block of b whole bits per weight has one step of 2^b levels spread over plus and minus its
   * largest magnitude: half a step for rounding and half for codes that reach less far on one side
   * and for rounded scales.
   */
  public static ErrorBudget of(BlockFormat format) {
    return switch (format.id().name()) {
      case "F32", "F64" -> new ErrorBudget("exact", 0, 0);
      case "F16" -> new ErrorBudget("half a unit of 11 bits", 0x1p-11, 0x1p-25);
      case "BF16" -> new ErrorBudget("half a unit of 8 bits", 0x1p-8, 0x1p-134);
      case "I8", "I16", "I32", "I64" -> new ErrorBudget("nearest integer", 0x1p-24, 0.5);
      // The scale is a power of two: a magnitude up to 8 steps is stored as 6.
      case "MXFP4" -> new ErrorBudget("limited to 6 of 8 steps", 2.0 / 8, 0x1p-128);
      // Of 8 elements the one that matters least may have to change its sign. It is stored as the
      // smallest magnitude then, so its error is its own magnitude and no more than a step.
      case "IQ3_XXS" ->
          new ErrorBudget(
              "one step, one sign of 8", step(format) + Math.sqrt(0.125), SCALE_UNDERFLOW);
      default -> new ErrorBudget("one step", step(format), SCALE_UNDERFLOW);
    };
  }

  private static double step(BlockFormat format) {
    int bits = Math.max(1, (int) format.bitsPerWeight());
    return 2 / Math.scalb(1.0, bits);
  }

  /**
   * Largest root of the mean squared error of these elements.
   *
   * @param x what was encoded: one block from {@code from}
   */
  double limit(float[] x, int from, int count) {
    double largest = 0;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Math.abs((double) x[i]));
    }
    return relative * largest + Math.min(absolute, 2 * largest);
  }

  /** Root of the weighted mean of (a[i] - b[i])^2. */
  static double rootMeanSquareError(float[] a, float[] b, int from, int count, float[] weights) {
    double squares = 0;
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      double error = (double) a[i] - b[i];
      squares += weights[i] * error * error;
      sum += weights[i];
    }
    return Math.sqrt(squares / sum);
  }
}
