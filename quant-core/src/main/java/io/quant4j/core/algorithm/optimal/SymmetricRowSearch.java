package io.quant4j.core.algorithm.optimal;

import java.util.Arrays;

/**
 * Blocks with one scale each, in binary16: x = d * level(code).
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
final class SymmetricRowSearch {
  private static final int[] ULPS = {0, -1, 1};

  private final SymmetricLanes lanes;
  private final SymmetricFreeFit free;
  private final float[] scales;
  private final float[] errors;

  SymmetricRowSearch(SymmetricLanes lanes, float[] stretches) {
    this.lanes = lanes;
    free = new SymmetricFreeFit(lanes, stretches);
    scales = new float[lanes.groups];
    errors = new float[lanes.groups];
  }

  /** Searches as many blocks as there are groups, which follow each other. */
  void fit(float[] x, int from, float[] weights, int weightsFrom) {
    lanes.load(x, from, weights, weightsFrom);
    free.fit();
    Arrays.fill(errors, Float.POSITIVE_INFINITY);
    for (int c = 0; c < ULPS.length; c++) {
      for (int b = 0; b < lanes.groups; b++) {
        lanes.scales[c * lanes.groups + b] = Halves.near(free.best(b), ULPS[c]);
      }
    }
    lanes.measureErrors(ULPS.length);
    for (int c = 0; c < ULPS.length; c++) {
      for (int b = 0; b < lanes.groups; b++) {
        int lane = c * lanes.groups + b;
        if (lanes.errors[lane] < errors[b]) {
          errors[b] = lanes.errors[lane];
          scales[b] = lanes.scales[lane];
        }
      }
    }
  }

  short d(int block) {
    return Float.floatToFloat16(scales[block]);
  }

  /** The nearest codes of a block for the scale found. */
  void codes(int block, byte[] target) {
    lanes.codes(block, scales[block], target, 0);
  }
}
