package io.quant4j.core.algorithm.optimal;

import java.util.Arrays;

/**
 * Blocks with one scale each, in binary16: x = d * level(code).
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
final class SymmetricRowSearch {
  private static final int[] ULPS = {0, -1, 1};
  private static final int TRIALS = 2 * ULPS.length;

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
    for (int lane = 0; lane < TRIALS * lanes.groups; lane++) {
      int trial = lane / lanes.groups;
      float near = free.scales[trial / ULPS.length][lane % lanes.groups];
      lanes.scales[lane] = Halves.near(near, ULPS[trial % ULPS.length]);
    }
    lanes.measureErrors(TRIALS);
    for (int lane = 0; lane < TRIALS * lanes.groups; lane++) {
      int b = lane % lanes.groups;
      if (lanes.errors[lane] < errors[b]) {
        errors[b] = lanes.errors[lane];
        scales[b] = lanes.scales[lane];
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
