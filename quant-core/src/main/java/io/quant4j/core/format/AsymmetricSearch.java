package io.quant4j.core.format;

import java.util.Arrays;

/**
 * Search for a scale and a minimum that fit a group of numbers: x[i] = scale * code[i] - minimum,
 * codes 0 to {@code largestCode}, scale and minimum not negative. Upstream: {@code
 * make_qkx2_quants} and {@code make_qkx3_quants} in {@code ggml-quants.c}.
 *
 * <p>The start maps the range of the group, extended to 0, onto the codes. Each candidate stretches
 * the inverse scale, takes the nearest codes above the best offset so far and solves for scale and
 * offset in weighted least squares; an offset above 0 is replaced by 0. The smallest weighted sum
 * of errors wins, of their squares or of their magnitudes as the format asks.
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
public final class AsymmetricSearch {

  /**
   * Inverse scales to try, in codes over the range from the best offset so far to the maximum:
   * {@code largestCode + first + step * s} for s = 0 to {@code last}.
   *
   * @param magnitudes whether errors count by their magnitude instead of their square
   */
  public record Candidates(float first, float step, int last, boolean magnitudes) {
    /** What every format tries when it has importance weights. */
    public static final Candidates WITH_IMPORTANCE = new Candidates(-0.9f, 0.05f, 36, false);
  }

  private final int count;
  private final int largestCode;
  private final Candidates candidates;
  private final byte[] trial;

  private float[] x = {};
  private int from;
  private float[] weights = {};
  private float sumWeights;
  private float sumX;

  private float scale;
  private float offset;

  /**
   * @param count elements of a group
   */
  AsymmetricSearch(int count, int largestCode, Candidates candidates) {
    this.count = count;
    this.largestCode = largestCode;
    this.candidates = candidates;
    this.trial = new byte[count];
  }

  /** Scale of the latest group; not finite if its range overflowed. */
  float scale() {
    return scale;
  }

  /** What the latest group subtracts. */
  float minimum() {
    return -offset;
  }

  /**
   * Fits one group.
   *
   * @param x finite numbers; the group starts at {@code from}
   * @param weights of the errors, from 0
   * @param codes receives the codes from {@code codesFrom}
   */
  void fit(float[] x, int from, float[] weights, byte[] codes, int codesFrom) {
    this.x = x;
    this.from = from;
    this.weights = weights;
    float highest = measure();
    if (highest == offset) {
      Arrays.fill(codes, codesFrom, codesFrom + count, (byte) 0);
      scale = 0;
      return;
    }
    float inverse = largestCode / (highest - offset);
    scale = 1 / inverse;
    takeCodes(inverse);
    System.arraycopy(trial, 0, codes, codesFrom, count);
    float bestError = error(scale, offset);
    for (int s = 0; s <= candidates.last(); s++) {
      float stretched = candidates.first() + candidates.step() * s + largestCode;
      takeCodes(stretched / (highest - offset));
      bestError = improve(bestError, codes, codesFrom);
    }
  }

  /** Sums up the group, starts with its lowest number or 0 as offset and returns its highest. */
  private float measure() {
    float lowest = x[from];
    float highest = x[from];
    sumWeights = 0;
    sumX = 0;
    for (int i = 0; i < count; i++) {
      float value = x[from + i];
      // Unlike Math.min, this keeps the first of two zeros; Q4_1 and Q5_1 store its sign.
      lowest = value < lowest ? value : lowest;
      highest = value > highest ? value : highest;
      sumWeights += weights[i];
      sumX += weights[i] * value;
    }
    offset = lowest > 0 ? 0 : lowest;
    return highest;
  }

  private void takeCodes(float inverse) {
    for (int i = 0; i < count; i++) {
      int code = Rounding.nearest(inverse * (x[from + i] - offset));
      trial[i] = (byte) Math.clamp(code, 0, largestCode);
    }
  }

  /**
   * Solves for the codes on trial and keeps them if their error is smaller; returns the smaller
   * error.
   */
  private float improve(float bestError, byte[] codes, int codesFrom) {
    float sumCodes = 0;
    float sumSquares = 0;
    float sumProducts = 0;
    for (int i = 0; i < count; i++) {
      float weighted = weights[i] * trial[i];
      sumCodes += weighted;
      sumSquares += weighted * trial[i];
      sumProducts += weighted * x[from + i];
    }
    float determinant = sumWeights * sumSquares - sumCodes * sumCodes;
    if (!(determinant > 0)) {
      return bestError;
    }
    float trialScale = (sumWeights * sumProducts - sumX * sumCodes) / determinant;
    float trialOffset = (sumSquares * sumX - sumCodes * sumProducts) / determinant;
    if (trialOffset > 0) {
      trialOffset = 0;
      trialScale = sumProducts / sumSquares;
    }
    float trialError = error(trialScale, trialOffset);
    if (!(trialError < bestError)) {
      return bestError;
    }
    System.arraycopy(trial, 0, codes, codesFrom, count);
    scale = trialScale;
    offset = trialOffset;
    return trialError;
  }

  private float error(float trialScale, float trialOffset) {
    float error = 0;
    for (int i = 0; i < count; i++) {
      float difference = trialScale * trial[i] + trialOffset - x[from + i];
      float cost = candidates.magnitudes() ? Math.abs(difference) : difference * difference;
      error += weights[i] * cost;
    }
    return error;
  }
}
