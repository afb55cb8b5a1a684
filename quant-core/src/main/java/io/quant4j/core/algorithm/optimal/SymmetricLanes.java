package io.quant4j.core.algorithm.optimal;

import java.util.Arrays;

/**
 * Measures many trial scales for all groups of a tile at once: x = scale * level(code), with the
 * nearest levels. Lane {@code c * groups + g} is trial c for group g; see {@link AffineLanes}.
 *
 * <p>Holds the tile, the trials and their results: for one thread.
 */
abstract class SymmetricLanes {
  final int groups;
  final int elements;

  /** Elements of a tile, by number in the group and lane; groups repeat over the lanes. */
  final float[][] x;

  final float[][] weights;
  final float[] inverses;
  final float[] levels;

  /** Trial scales of either sign; to be filled by the caller. */
  final float[] scales;

  /** Weighted squared errors; NaN where numbers overflow. */
  final float[] errors;

  /** Sums over a group of weight * x * level and weight * level^2. */
  final float[] sumProducts;

  final float[] sumSquares;

  /**
   * @param groups in a tile
   * @param elements of a group
   * @param trials at most, for each group
   */
  SymmetricLanes(int groups, int elements, int trials) {
    this.groups = groups;
    this.elements = elements;
    int lanes = groups * trials;
    x = new float[elements][lanes];
    weights = new float[elements][lanes];
    inverses = new float[lanes];
    levels = new float[lanes];
    scales = new float[lanes];
    errors = new float[lanes];
    sumProducts = new float[lanes];
    sumSquares = new float[lanes];
  }

  /** Level of lowest number, negative. */
  abstract float lowestLevel();

  abstract float highestLevel();

  /** Fills {@link #levels} with the nearest levels of {@code values[l] * inverses[l]}. */
  abstract void takeLevels(int lanes, float[] values);

  /** Code of the level nearest to a number. */
  abstract int code(float scaled);

  /**
   * Takes a tile: its groups follow each other.
   *
   * @param rowWeights of the squared errors, from {@code weightsFrom}
   */
  void load(float[] row, int from, float[] rowWeights, int weightsFrom) {
    for (int k = 0; k < elements; k++) {
      for (int g = 0; g < groups; g++) {
        x[k][g] = row[from + g * elements + k];
        weights[k][g] = rowWeights[weightsFrom + g * elements + k];
      }
      Lanes.repeat(x[k], groups);
      Lanes.repeat(weights[k], groups);
    }
  }

  /** Fills {@link #errors} for the first trials of each group. */
  void measureErrors(int trials) {
    int lanes = trials * groups;
    invert(lanes);
    for (int k = 0; k < elements; k++) {
      takeLevels(lanes, x[k]);
      addErrors(lanes, x[k], weights[k]);
    }
  }

  /** Fills {@link #errors} and the sums for the first trials of each group. */
  void measure(int trials) {
    int lanes = trials * groups;
    invert(lanes);
    Arrays.fill(sumProducts, 0, lanes, 0);
    Arrays.fill(sumSquares, 0, lanes, 0);
    for (int k = 0; k < elements; k++) {
      takeLevels(lanes, x[k]);
      addErrors(lanes, x[k], weights[k]);
      addSums(lanes, x[k], weights[k]);
    }
  }

  private void invert(int lanes) {
    for (int l = 0; l < lanes; l++) {
      inverses[l] = scales[l] == 0 ? 0 : 1 / scales[l];
    }
    Arrays.fill(errors, 0, lanes, 0);
  }

  private void addErrors(int lanes, float[] values, float[] factors) {
    for (int l = 0; l < lanes; l++) {
      float difference = scales[l] * levels[l] - values[l];
      errors[l] += factors[l] * difference * difference;
    }
  }

  private void addSums(int lanes, float[] values, float[] factors) {
    for (int l = 0; l < lanes; l++) {
      float weighted = factors[l] * levels[l];
      sumProducts[l] += weighted * values[l];
      sumSquares[l] += weighted * levels[l];
    }
  }

  /** Best scale for the levels of a measured lane; 0 if all are 0. */
  float bestScale(int lane) {
    return sumSquares[lane] > 0 ? sumProducts[lane] / sumSquares[lane] : 0;
  }

  /** Nearest codes of one group. */
  void codes(int g, float scale, byte[] target, int targetFrom) {
    float inverse = scale == 0 ? 0 : 1 / scale;
    for (int k = 0; k < elements; k++) {
      target[targetFrom + k] = (byte) code(x[k][g] * inverse);
    }
  }
}
