package io.quant4j.core.format;

import java.util.Arrays;

/**
 * Search for a signed scale of a group of numbers, x[i] = scale * (code[i] - zeroCode), codes 0 to
 * 2 * zeroCode - 1, with weights x^2. Upstream: {@code make_q3_quants} in {@code ggml-quants.c}.
 *
 * <p>The start gives the element of largest magnitude code 0. Then single codes move, in up to five
 * passes, while that raises Sx^2 / Sl, the part of the squared sum that the best scale Sx / Sl
 * explains, with Sx = sum of w x l, Sl = sum of w l^2 and l = code - zeroCode.
 *
 * <p>Holds scratch: for one thread.
 */
public final class CoordinateSearch {
  /** Passes over the codes, at most. */
  public static final int PASSES = 5;

  private final int zeroCode;
  private final int[] levels;
  private float[] x = {};
  private int from;
  private float sumX;
  private float sumSquares;

  /**
   * @param count elements of a group
   */
  CoordinateSearch(int count, int zeroCode) {
    this.zeroCode = zeroCode;
    this.levels = new int[count];
  }

  /**
   * Fits one group.
   *
   * @param x finite numbers; the group starts at {@code from}
   * @param codes receives the codes from {@code codesFrom}
   * @return the scale, 0 for a negligible group (codes 0), not finite if a sum overflowed
   */
  float fit(float[] x, int from, byte[] codes, int codesFrom) {
    float largest = Blocks.signedLargest(x, from, levels.length);
    if (Math.abs(largest) < SymmetricSearch.NEGLIGIBLE) {
      Arrays.fill(codes, codesFrom, codesFrom + levels.length, (byte) 0);
      return 0;
    }
    this.x = x;
    this.from = from;
    start(-zeroCode / largest);
    for (int pass = 0; pass < PASSES && moveLevels(); pass++) {}
    for (int i = 0; i < levels.length; i++) {
      codes[codesFrom + i] = (byte) (levels[i] + zeroCode);
    }
    return sumSquares <= 0 ? 0 : sumX / sumSquares;
  }

  private void start(float inverse) {
    sumX = 0;
    sumSquares = 0;
    for (int i = 0; i < levels.length; i++) {
      float value = x[from + i];
      float weight = value * value;
      levels[i] = level(inverse * value);
      sumX += weight * value * levels[i];
      sumSquares += weight * levels[i] * levels[i];
    }
  }

  /** One pass over all levels; returns whether any moved. */
  private boolean moveLevels() {
    boolean moved = false;
    for (int i = 0; i < levels.length; i++) {
      float value = x[from + i];
      float weight = value * value;
      float otherX = sumX - weight * value * levels[i];
      if (!(otherX > 0)) {
        continue;
      }
      float otherSquares = sumSquares - weight * levels[i] * levels[i];
      int level = level(value * otherSquares / otherX);
      if (level == levels[i]) {
        continue;
      }
      otherX += weight * value * level;
      otherSquares += weight * level * level;
      if (otherSquares > 0 && otherX * otherX * sumSquares > sumX * sumX * otherSquares) {
        levels[i] = level;
        sumX = otherX;
        sumSquares = otherSquares;
        moved = true;
      }
    }
    return moved;
  }

  private int level(float scaled) {
    return Math.clamp(Rounding.nearest(scaled), -zeroCode, zeroCode - 1);
  }
}
