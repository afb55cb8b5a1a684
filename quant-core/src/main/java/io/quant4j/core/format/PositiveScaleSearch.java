package io.quant4j.core.format;

import java.util.Arrays;

/**
 * Search for a positive scale whose multiples fit a group of numbers that are not negative, such as
 * the scales of sub-blocks: x[i] = scale * code[i], codes 0 to {@code largestCode}, in weighted
 * least squares. Upstream: {@code make_qp_quants} in {@code ggml-quants.c}.
 *
 * <p>Nine inverse scales around {@code largestCode / max} are compared by their error; then single
 * codes move, in up to five passes, while that raises Sx^2 / Sl, the part of the squared sum that
 * the best scale Sx / Sl explains.
 *
 * <p>A negative number gets code 255 where the codes are kept and -1 where the sums are first
 * formed, as upstream keeps them in unsigned bytes without a lower limit. Codebook formats meet
 * this; scales of sub-blocks do not.
 *
 * <p>Holds what it works on: for one thread.
 */
public final class PositiveScaleSearch {
  private static final int STEPS = 4;
  private static final float STEP = 0.1f;
  private static final int PASSES = 5;

  private final int largestCode;
  private float[] x = {};
  private float[] weights = {};
  private byte[] codes = {};
  private float sumX;
  private float sumSquares;

  /** For codes up to this. */
  public PositiveScaleSearch(int largestCode) {
    this.largestCode = largestCode;
  }

  /**
   * Fits one group.
   *
   * @param x finite numbers, all of them the group
   * @param weights of the squared errors, as many as numbers
   * @param codes receives the codes, as many as numbers
   * @return the scale, 0 for a negligible group (codes 0), not finite if a sum overflowed
   */
  public float fit(float[] x, float[] weights, byte[] codes) {
    float highest = 0;
    for (float value : x) {
      highest = Math.max(highest, value);
    }
    if (highest < SymmetricSearch.NEGLIGIBLE) {
      Arrays.fill(codes, (byte) 0);
      return 0;
    }
    this.x = x;
    this.weights = weights;
    this.codes = codes;
    takeCodes(bestInverse(highest));
    for (int pass = 0; pass < PASSES && moveCodes(); pass++) {}
    return sumSquares <= 0 ? 0 : sumX / sumSquares;
  }

  private float bestInverse(float highest) {
    float best = largestCode / highest;
    float bestError = error(best, 0xff);
    for (int step = -STEPS; step <= STEPS; step++) {
      float inverse = (STEP * step + largestCode) / highest;
      float error = step == 0 ? bestError : error(inverse, -1);
      if (error < bestError) {
        bestError = error;
        best = inverse;
      }
    }
    return best;
  }

  /** Weighted squared error; codes above the largest are limited and the others masked. */
  private float error(float inverse, int mask) {
    float scale = 1 / inverse;
    float error = 0;
    for (int i = 0; i < x.length; i++) {
      int code = Math.min(largestCode, Rounding.nearest(inverse * x[i])) & mask;
      float difference = x[i] - scale * code;
      error += weights[i] * difference * difference;
    }
    return error;
  }

  private void takeCodes(float inverse) {
    sumX = 0;
    sumSquares = 0;
    for (int i = 0; i < x.length; i++) {
      int code = Math.min(largestCode, Rounding.nearest(inverse * x[i]));
      codes[i] = (byte) code;
      sumX += weights[i] * x[i] * code;
      sumSquares += weights[i] * code * code;
    }
  }

  /** One pass over all codes; returns whether any moved. */
  private boolean moveCodes() {
    boolean moved = false;
    for (int i = 0; i < x.length; i++) {
      int old = codes[i] & 0xff;
      float otherX = sumX - weights[i] * x[i] * old;
      float otherSquares = sumSquares - weights[i] * old * old;
      if (!(otherX > 0 && otherSquares > 0)) {
        continue;
      }
      int code = Math.min(largestCode, Rounding.nearest(x[i] * otherSquares / otherX));
      if (code == old) {
        continue;
      }
      otherX += weights[i] * x[i] * code;
      otherSquares += weights[i] * code * code;
      if (otherX * otherX * sumSquares > sumX * sumX * otherSquares) {
        codes[i] = (byte) code;
        sumX = otherX;
        sumSquares = otherSquares;
        moved = true;
      }
    }
    return moved;
  }
}
