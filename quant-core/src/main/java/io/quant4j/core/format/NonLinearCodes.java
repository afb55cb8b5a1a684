package io.quant4j.core.format;

import org.jspecify.annotations.Nullable;

/**
 * The 16 values that {@link IQ4_NL} and {@link IQ4_XS} share, and the search for a signed scale
 * that fits them to 32 numbers in weighted least squares: x[i] = scale * value(code[i]). Upstream:
 * {@code kvalues_iq4nl} in {@code ggml-common.h}, {@code quantize_row_iq4_nl_impl} in {@code
 * ggml-quants.c}.
 *
 * <p>The first candidate gives the element m of largest magnitude value(0) with the opposite sign;
 * fifteen more use the inverse scales (value(0) + t) / m, t = -7 to 7. For given codes the best
 * scale is Sx / Sq, with Sx = sum of w x q, Sq = sum of w q^2 and q the value; the candidate with
 * the largest Sx^2 / Sq wins. Weights are importance * sqrt(twice the mean of x^2 over the block +
 * x^2), or x^2 without importance.
 */
public final class NonLinearCodes {
  /** Elements that share a scale. */
  public static final int GROUP_ELEMENTS = 32;

  private static final byte[] VALUES = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };
  private static final int LARGEST = VALUES.length - 1;

  /** Candidates on either side of value(0) over the largest element. */
  public static final int STEPS = 7;

  private NonLinearCodes() {}

  /** Value of a code, 0 to 15. */
  static int value(int code) {
    return VALUES[code];
  }

  /** Code of the value nearest to {@code scaled}; the upper one of two equally near. */
  static int nearest(float scaled) {
    if (scaled <= VALUES[0]) {
      return 0;
    }
    if (scaled >= VALUES[LARGEST]) {
      return LARGEST;
    }
    int upper = 1;
    while (scaled >= VALUES[upper]) {
      upper++;
    }
    return scaled - VALUES[upper - 1] < VALUES[upper] - scaled ? upper - 1 : upper;
  }

  /**
   * Scale of the 32 finite numbers from {@code from}; 0 for a negligible group, not finite if a sum
   * overflowed.
   *
   * @param importance of all columns, or null
   * @param column index of the first element's importance
   * @param base what {@link ErrorWeights#fill} takes as base
   * @param weights scratch for 32 numbers
   */
  static float scale(
      float[] x, int from, float @Nullable [] importance, int column, float base, float[] weights) {
    float largest = Blocks.signedLargest(x, from, GROUP_ELEMENTS);
    if (Math.abs(largest) < SymmetricSearch.NEGLIGIBLE) {
      return 0;
    }
    if (importance == null) {
      for (int i = 0; i < GROUP_ELEMENTS; i++) {
        weights[i] = x[from + i] * x[from + i];
      }
    } else {
      ErrorWeights.fill(x, from, importance, column, base, weights);
    }
    float scale = 0;
    float best = 0;
    for (int attempt = -1; attempt <= 2 * STEPS; attempt++) {
      float inverse = inverse(attempt, largest);
      float sumX = 0;
      float sumSquares = 0;
      for (int i = 0; i < GROUP_ELEMENTS; i++) {
        float value = VALUES[nearest(inverse * x[from + i])];
        sumX += weights[i] * value * x[from + i];
        sumSquares += weights[i] * value * value;
      }
      if (attempt < 0) {
        scale = sumSquares <= 0 ? 0 : sumX / sumSquares;
        best = scale * sumX;
      } else if (sumSquares > 0 && sumX * sumX > best * sumSquares) {
        scale = sumX / sumSquares;
        best = scale * sumX;
      }
    }
    return scale;
  }

  /**
   * Inverse scale of a candidate.
   *
   * @param attempt -1 for the first candidate, then 0 to 2 * {@link #STEPS}
   * @param largest element of largest magnitude
   */
  public static float inverse(int attempt, float largest) {
    return attempt < 0 ? 1 / (-largest / VALUES[0]) : (attempt - STEPS + VALUES[0]) / largest;
  }
}
