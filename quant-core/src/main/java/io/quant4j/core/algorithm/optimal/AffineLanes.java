package io.quant4j.core.algorithm.optimal;

import java.util.Arrays;

/**
 * Measures many trial pairs of scale and minimum for all groups of a tile at once: x = scale * code
 * - minimum with the nearest codes from 0 to {@code largestCode}. Lane {@code c * groups + g} is
 * trial c for group g. Each loop over lanes does little and touches arrays at one index only, which
 * is what the JIT compiler turns into vector instructions.
 *
 * <p>Holds the tile, the trials and their results: for one thread.
 */
final class AffineLanes {
  /** Added and subtracted again, it rounds a float below 2^22 to the nearest integer. */
  private static final float SHIFT = 0x1.8p23f;

  private final int groups;
  private final int elements;
  private final int largestCode;
  private final float[][] x;
  private final float[][] weights;
  private final float[] inverses;
  private final float[] codes;
  private final float[] sumWeights;
  private final float[] sumX;

  /** Trial scales, not negative; to be filled by the caller. */
  final float[] scales;

  /** Trial minimums; to be filled by the caller. */
  final float[] minimums;

  /** Weighted squared errors; NaN where numbers overflow. */
  final float[] errors;

  /** Sums over a group of weight * code, weight * code^2 and weight * code * x. */
  final float[] sumCodes;

  final float[] sumSquares;
  final float[] sumProducts;

  /**
   * @param groups in a tile
   * @param elements of a group
   * @param trials at most, for each group
   */
  AffineLanes(int groups, int elements, int largestCode, int trials) {
    this.groups = groups;
    this.elements = elements;
    this.largestCode = largestCode;
    int lanes = groups * trials;
    x = new float[elements][lanes];
    weights = new float[elements][lanes];
    inverses = new float[lanes];
    codes = new float[lanes];
    scales = new float[lanes];
    minimums = new float[lanes];
    errors = new float[lanes];
    sumCodes = new float[lanes];
    sumSquares = new float[lanes];
    sumProducts = new float[lanes];
    sumWeights = new float[groups];
    sumX = new float[groups];
  }

  int groups() {
    return groups;
  }

  /** Trials that fit in at once. */
  int trials() {
    return scales.length / groups;
  }

  int largestCode() {
    return largestCode;
  }

  float sumWeights(int group) {
    return sumWeights[group];
  }

  float sumX(int group) {
    return sumX[group];
  }

  float x(int group, int element) {
    return x[element][group];
  }

  /**
   * Takes a tile: its groups follow each other.
   *
   * @param rowWeights of the squared errors, from {@code weightsFrom}
   */
  void load(float[] row, int from, float[] rowWeights, int weightsFrom) {
    Arrays.fill(sumWeights, 0);
    Arrays.fill(sumX, 0);
    for (int k = 0; k < elements; k++) {
      for (int g = 0; g < groups; g++) {
        float value = row[from + g * elements + k];
        float weight = rowWeights[weightsFrom + g * elements + k];
        x[k][g] = value;
        weights[k][g] = weight;
        sumWeights[g] += weight;
        sumX[g] += weight * value;
      }
      Lanes.repeat(x[k], groups);
      Lanes.repeat(weights[k], groups);
    }
  }

  /** Fills {@link #errors} for the first trials of each group. */
  void measureErrors(int trials) {
    int lanes = trials * groups;
    invert(lanes);
    Arrays.fill(errors, 0, lanes, 0);
    for (int k = 0; k < elements; k++) {
      addErrors(lanes, x[k], weights[k]);
    }
  }

  /** Fills {@link #errors} and the sums for the first trials of each group. */
  void measure(int trials) {
    int lanes = trials * groups;
    measureErrors(trials);
    Arrays.fill(sumCodes, 0, lanes, 0);
    Arrays.fill(sumSquares, 0, lanes, 0);
    Arrays.fill(sumProducts, 0, lanes, 0);
    for (int k = 0; k < elements; k++) {
      takeCodes(lanes, x[k]);
      addSums(lanes, x[k], weights[k]);
    }
  }

  private void invert(int lanes) {
    for (int l = 0; l < lanes; l++) {
      inverses[l] = scales[l] > 0 ? 1 / scales[l] : 0;
    }
  }

  private void addErrors(int lanes, float[] values, float[] factors) {
    float most = largestCode;
    for (int l = 0; l < lanes; l++) {
      float shifted = values[l] + minimums[l];
      float limited = Math.min(Math.max(shifted * inverses[l], 0), most);
      float difference = (limited + SHIFT - SHIFT) * scales[l] - shifted;
      errors[l] += factors[l] * difference * difference;
    }
  }

  private void takeCodes(int lanes, float[] values) {
    float most = largestCode;
    for (int l = 0; l < lanes; l++) {
      float scaled = (values[l] + minimums[l]) * inverses[l];
      codes[l] = Math.min(Math.max(scaled, 0), most) + SHIFT - SHIFT;
    }
  }

  private void addSums(int lanes, float[] values, float[] factors) {
    for (int l = 0; l < lanes; l++) {
      float weighted = factors[l] * codes[l];
      sumCodes[l] += weighted;
      sumSquares[l] += weighted * codes[l];
      sumProducts[l] += weighted * values[l];
    }
  }

  /** Whether weighted least squares gives the codes of a measured lane a positive scale. */
  boolean solvable(int lane) {
    int g = lane % groups;
    return sumWeights[g] * sumSquares[lane] - sumCodes[lane] * sumCodes[lane] > 0
        && sumWeights[g] * sumProducts[lane] - sumX[g] * sumCodes[lane] > 0;
  }

  /** Best scale for the codes of a measured lane, if the minimum is free. */
  float bestScale(int lane) {
    int g = lane % groups;
    return (sumWeights[g] * sumProducts[lane] - sumX[g] * sumCodes[lane])
        / (sumWeights[g] * sumSquares[lane] - sumCodes[lane] * sumCodes[lane]);
  }

  /** Best scale for the codes of a measured lane, if the minimum is 0. */
  float bestScaleFromZero(int lane) {
    return sumSquares[lane] > 0 ? sumProducts[lane] / sumSquares[lane] : 0;
  }

  /** Best minimum, of any sign, for the codes of a measured lane and a scale. */
  float bestMinimum(int lane, float scale) {
    int g = lane % groups;
    return sumWeights[g] > 0 ? (scale * sumCodes[lane] - sumX[g]) / sumWeights[g] : 0;
  }

  /**
   * Codes of one group.
   *
   * @param target receives them from {@code g * elements}
   */
  void codes(int g, float scale, float minimum, byte[] target, int targetFrom) {
    float inverse = scale > 0 ? 1 / scale : 0;
    for (int k = 0; k < elements; k++) {
      float limited = Math.min(Math.max((x[k][g] + minimum) * inverse, 0), largestCode);
      target[targetFrom + k] = (byte) (limited + SHIFT - SHIFT);
    }
  }
}
