package io.quant4j.core.algorithm.optimal;

import java.util.Arrays;

/**
 * Scales of each group of a tile as real numbers: the best positive and the best negative one, for
 * levels reach further to one side than to the other. Tries scales around the one that just covers
 * the group and moves each once by weighted least squares.
 *
 * <p>Holds the latest result: for one thread.
 */
final class SymmetricFreeFit {
  private final SymmetricLanes lanes;
  private final float[] stretches;
  private final float[] covering;

  /** By group, for scales of one sign: what was found. */
  final float[][] scales;

  final float[][] errors;

  /**
   * @param stretches factors of the scale that just covers a group
   */
  SymmetricFreeFit(SymmetricLanes lanes, float[] stretches) {
    this.lanes = lanes;
    this.stretches = stretches;
    covering = new float[lanes.groups];
    scales = new float[2][lanes.groups];
    errors = new float[2][lanes.groups];
  }

  /** Fits the groups loaded. */
  void fit() {
    for (int sign = 0; sign < 2; sign++) {
      Arrays.fill(errors[sign], Float.POSITIVE_INFINITY);
      Arrays.fill(scales[sign], 0);
      cover(sign == 0 ? 1 : -1);
      for (int first = 0; first < stretches.length; first += lanes.trials()) {
        int count = Math.min(lanes.trials(), stretches.length - first);
        for (int lane = 0; lane < count * lanes.groups; lane++) {
          float stretch = stretches[first + lane / lanes.groups];
          lanes.scales[lane] = stretch * covering[lane % lanes.groups];
        }
        lanes.measure(count);
        keepBest(count, sign);
        for (int lane = 0; lane < count * lanes.groups; lane++) {
          lanes.scales[lane] = lanes.bestScale(lane);
        }
        lanes.measureErrors(count);
        keepBest(count, sign);
      }
    }
  }

  /** Smallest scale of this sign for which no element lies beyond the extreme levels. */
  private void cover(int sign) {
    for (int g = 0; g < lanes.groups; g++) {
      float most = 0;
      for (int k = 0; k < lanes.elements; k++) {
        float value = sign * lanes.x(g, k);
        most = Math.max(most, value / (value < 0 ? lanes.lowestLevel() : lanes.highestLevel()));
      }
      covering[g] = sign * most;
    }
  }

  private void keepBest(int count, int sign) {
    for (int lane = 0; lane < count * lanes.groups; lane++) {
      int g = lane % lanes.groups;
      if (lanes.errors[lane] < errors[sign][g]) {
        errors[sign][g] = lanes.errors[lane];
        scales[sign][g] = lanes.scales[lane];
      }
    }
  }

  /** The better scale of a group. */
  float best(int g) {
    return errors[1][g] < errors[0][g] ? scales[1][g] : scales[0][g];
  }
}
