package io.quant4j.core.algorithm.optimal;

import java.util.Arrays;

/**
 * Scale and minimum of each group of a tile as real numbers. Tries ranges around that of the group,
 * more or less cut off or extended at either end, and moves each once by weighted least squares.
 *
 * <p>Holds the latest result: for one thread.
 */
final class AffineFreeFit {
  /** Codes that a start leaves free beyond either end of a group, or cuts off if negative. */
  private static final float[] STRETCHES = {0, -0.25f, 0.25f, -0.5f, 0.5f, -0.75f, 0.75f};

  private static final int STARTS = STRETCHES.length * STRETCHES.length;

  private final AffineLanes lanes;
  private final boolean negative;
  private final float[] lowest;
  private final float[] highest;

  /** By group: what was found. */
  final float[] scales;

  final float[] minimums;
  final float[] errors;

  /** By group: weighted mean of the codes. */
  final float[] meanCodes;

  /**
   * @param negative whether the format can store a negative minimum, one that is added
   */
  AffineFreeFit(AffineLanes lanes, boolean negative) {
    this.lanes = lanes;
    this.negative = negative;
    int groups = lanes.groups();
    lowest = new float[groups];
    highest = new float[groups];
    scales = new float[groups];
    minimums = new float[groups];
    errors = new float[groups];
    meanCodes = new float[groups];
  }

  /** Fits the groups loaded. */
  void fit(int elements) {
    Arrays.fill(errors, Float.POSITIVE_INFINITY);
    measureRanges(elements);
    for (int first = 0; first < STARTS; first += lanes.trials()) {
      int count = Math.min(lanes.trials(), STARTS - first);
      for (int c = 0; c < count; c++) {
        start(first + c, c);
      }
      lanes.measure(count);
      keepBest(count);
      move(count);
      lanes.measure(count);
      keepBest(count);
    }
  }

  private void measureRanges(int elements) {
    for (int g = 0; g < lanes.groups(); g++) {
      float low = negative ? lanes.x(g, 0) : Math.min(lanes.x(g, 0), 0);
      float high = negative ? low : Math.max(lanes.x(g, 0), 0);
      for (int k = 0; k < elements; k++) {
        low = Math.min(low, lanes.x(g, k));
        high = Math.max(high, lanes.x(g, k));
      }
      lowest[g] = low;
      highest[g] = high;
    }
  }

  private void start(int number, int trial) {
    float below = STRETCHES[number / STRETCHES.length];
    float above = STRETCHES[number % STRETCHES.length];
    float codes = lanes.largestCode() + below + above;
    for (int g = 0; g < lanes.groups(); g++) {
      float scale = (highest[g] - lowest[g]) / codes;
      put(trial * lanes.groups() + g, scale, -lowest[g] + below * scale);
    }
  }

  private void put(int lane, float scale, float minimum) {
    lanes.scales[lane] = scale;
    lanes.minimums[lane] = negative ? minimum : Math.max(minimum, 0);
  }

  private void move(int count) {
    for (int lane = 0; lane < count * lanes.groups(); lane++) {
      if (!lanes.solvable(lane)) {
        continue;
      }
      float scale = lanes.bestScale(lane);
      float minimum = lanes.bestMinimum(lane, scale);
      if (minimum < 0 && !negative) {
        scale = lanes.bestScaleFromZero(lane);
      }
      put(lane, scale, minimum);
    }
  }

  private void keepBest(int count) {
    for (int c = 0; c < count; c++) {
      for (int g = 0; g < lanes.groups(); g++) {
        int lane = c * lanes.groups() + g;
        if (lanes.errors[lane] < errors[g]) {
          errors[g] = lanes.errors[lane];
          scales[g] = lanes.scales[lane];
          minimums[g] = lanes.minimums[lane];
          meanCodes[g] = lanes.sumWeights(g) > 0 ? lanes.sumCodes[lane] / lanes.sumWeights(g) : 0;
        }
      }
    }
  }
}
