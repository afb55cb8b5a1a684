package io.quant4j.core.algorithm.optimal;

import java.util.Arrays;

/**
 * Scale of each group of a tile as a real number, of either sign, for levels reach further to one
 * side than to the other. Tries scales around the ones that just cover the group and moves each
 * once by weighted least squares.
 *
 * <p>Holds the latest result: for one thread.
 */
final class SymmetricFreeFit {
  private final SymmetricLanes lanes;
  private final float[] stretches;
  private final float[] least;
  private final float[] most;
  private final float[][] covering;

  /** By sign and group: what was found. */
  private final float[][] scales;

  private final float[][] errors;

  /**
   * @param lanes for at least as many trials as there are stretches
   * @param stretches factors of the scale that just covers a group
   */
  SymmetricFreeFit(SymmetricLanes lanes, float[] stretches) {
    this.lanes = lanes;
    this.stretches = stretches;
    least = new float[lanes.groups];
    most = new float[lanes.groups];
    covering = new float[2][lanes.groups];
    scales = new float[2][lanes.groups];
    errors = new float[2][lanes.groups];
  }

  /** Fits the groups loaded. */
  void fit() {
    cover();
    for (int sign = 0; sign < 2; sign++) {
      Arrays.fill(errors[sign], Float.POSITIVE_INFINITY);
      Arrays.fill(scales[sign], 0);
      for (int c = 0; c < stretches.length; c++) {
        for (int g = 0; g < lanes.groups; g++) {
          lanes.scales[c * lanes.groups + g] = stretches[c] * covering[sign][g];
        }
      }
      lanes.measure(stretches.length);
      keepBest(sign);
      for (int lane = 0; lane < stretches.length * lanes.groups; lane++) {
        lanes.scales[lane] = lanes.bestScale(lane);
      }
      lanes.measureErrors(stretches.length);
      keepBest(sign);
    }
  }

  /** Smallest scales of either sign for which no element lies beyond the extreme levels. */
  private void cover() {
    Arrays.fill(least, 0);
    Arrays.fill(most, 0);
    for (float[] values : lanes.x) {
      for (int g = 0; g < lanes.groups; g++) {
        least[g] = Math.min(least[g], values[g]);
        most[g] = Math.max(most[g], values[g]);
      }
    }
    float high = lanes.highestLevel();
    float low = lanes.lowestLevel();
    for (int g = 0; g < lanes.groups; g++) {
      covering[0][g] = Math.max(most[g] / high, least[g] / low);
      covering[1][g] = Math.min(most[g] / low, least[g] / high);
    }
  }

  private void keepBest(int sign) {
    for (int c = 0; c < stretches.length; c++) {
      for (int g = 0; g < lanes.groups; g++) {
        int lane = c * lanes.groups + g;
        if (lanes.errors[lane] < errors[sign][g]) {
          errors[sign][g] = lanes.errors[lane];
          scales[sign][g] = lanes.scales[lane];
        }
      }
    }
  }

  /** The better scale of a group. */
  float best(int g) {
    return errors[1][g] < errors[0][g] ? scales[1][g] : scales[0][g];
  }
}
