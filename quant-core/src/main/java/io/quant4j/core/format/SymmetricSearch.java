package io.quant4j.core.format;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Search for a signed scale whose integer multiples fit a group of numbers in weighted least
 * squares: x[i] = scale * (code[i] - zeroCode), codes 0 to 2 * zeroCode - 1. Upstream: {@code
 * make_qx_quants} in {@code ggml-quants.c}.
 *
 * <p>The first candidate gives the element of largest magnitude code 0; eighteen more stretch the
 * inverse scale by steps of 0.1 / zeroCode to either side. For given codes the best scale is Sx /
 * Sl, with Sx = sum of w x l, Sl = sum of w l^2 and l = code - zeroCode, and it removes Sx^2 / Sl
 * of the error; the candidate that removes most wins.
 */
public final class SymmetricSearch {
  /** A group in which no magnitude reaches this is stored as zeros. */
  public static final float NEGLIGIBLE = 1e-15f;

  /** Candidates on either side of the first. */
  public static final int STEPS = 9;

  /** What a step adds to the inverse scale, over the largest magnitude. */
  public static final float STEP = 0.1f;

  private SymmetricSearch() {}

  /**
   * Fits one group.
   *
   * @param x finite numbers; the group starts at {@code from}
   * @param count elements of the group
   * @param weights of the squared errors, from {@code weightsFrom}; x^2 if null
   * @param codes receives the codes from {@code codesFrom}
   * @return the scale, 0 for a negligible group (codes 0), not finite if a sum overflowed
   */
  public static float fit(
      float[] x,
      int from,
      int count,
      int zeroCode,
      float @Nullable [] weights,
      int weightsFrom,
      byte[] codes,
      int codesFrom) {
    float largest = Blocks.signedLargest(x, from, count);
    if (Math.abs(largest) < NEGLIGIBLE) {
      Arrays.fill(codes, codesFrom, codesFrom + count, (byte) 0);
      return 0;
    }
    float bestInverse = 0;
    float scale = 0;
    float best = 0;
    for (int attempt = 0; attempt <= 2 * STEPS; attempt++) {
      float inverse = -(zeroCode + STEP * step(attempt)) / largest;
      float sumX = 0;
      float sumSquares = 0;
      for (int i = 0; i < count; i++) {
        float value = x[from + i];
        int level = level(inverse * value, zeroCode);
        float weight = weights == null ? value * value : weights[weightsFrom + i];
        sumX += weight * value * level;
        sumSquares += weight * level * level;
      }
      if (attempt == 0) {
        bestInverse = inverse;
        scale = sumSquares == 0 ? 0 : sumX / sumSquares;
        best = scale * sumX;
      } else if (sumSquares > 0 && sumX * sumX > best * sumSquares) {
        bestInverse = inverse;
        scale = sumX / sumSquares;
        best = scale * sumX;
      }
    }
    for (int i = 0; i < count; i++) {
      codes[codesFrom + i] = (byte) (zeroCode + level(bestInverse * x[from + i], zeroCode));
    }
    return scale;
  }

  /** Steps in the order of attempts: 0, then from the lowest to the highest. */
  public static int step(int attempt) {
    return attempt == 0 ? 0 : attempt <= STEPS ? attempt - 1 - STEPS : attempt - STEPS;
  }

  private static int level(float scaled, int zeroCode) {
    return Math.clamp(Rounding.nearest(scaled), -zeroCode, zeroCode - 1);
  }
}
