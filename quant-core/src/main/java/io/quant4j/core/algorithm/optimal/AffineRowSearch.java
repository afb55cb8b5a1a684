package io.quant4j.core.algorithm.optimal;

import java.util.Arrays;

/**
 * Blocks with one scale and one minimum of either sign each, both in binary16: x = d * code -
 * minimum. Takes each block's best real numbers to the nearest and next halves, then moves them by
 * weighted least squares once more.
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
final class AffineRowSearch {
  private static final int[] ULPS = {0, -1, 1};
  private static final int TRIALS = ULPS.length * ULPS.length;

  private final AffineLanes lanes;
  private final AffineFreeFit free;
  private final int blocks;
  private final int elements;
  private final float[] scales;
  private final float[] minimums;
  private final float[] errors;

  AffineRowSearch(int blocks, int elements, int largestCode) {
    this.blocks = blocks;
    this.elements = elements;
    lanes = new AffineLanes(blocks, elements, largestCode, Lanes.trials(blocks, TRIALS));
    free = new AffineFreeFit(lanes, true);
    scales = new float[blocks];
    minimums = new float[blocks];
    errors = new float[blocks];
  }

  /** Searches as many blocks as it is made for, which follow each other. */
  void fit(float[] x, int from, float[] weights, int weightsFrom) {
    lanes.load(x, from, weights, weightsFrom);
    free.fit(elements);
    Arrays.fill(errors, Float.POSITIVE_INFINITY);
    System.arraycopy(free.scales, 0, scales, 0, blocks);
    System.arraycopy(free.minimums, 0, minimums, 0, blocks);
    takeNearest();
    for (int b = 0; b < blocks; b++) {
      lanes.scales[b] = scales[b];
      lanes.minimums[b] = minimums[b];
    }
    lanes.measure(1);
    for (int b = 0; b < blocks; b++) {
      if (lanes.solvable(b)) {
        scales[b] = lanes.bestScale(b);
        minimums[b] = lanes.bestMinimum(b, scales[b]);
      }
    }
    takeNearest();
  }

  /** Replaces the numbers of each block by the best halves near them, unless it has better ones. */
  private void takeNearest() {
    for (int lane = 0; lane < TRIALS * blocks; lane++) {
      int trial = lane / blocks;
      int b = lane % blocks;
      lanes.scales[lane] = Halves.near(scales[b], ULPS[trial % ULPS.length]);
      lanes.minimums[lane] = Halves.near(minimums[b], ULPS[trial / ULPS.length]);
    }
    lanes.measureErrors(TRIALS);
    for (int lane = 0; lane < TRIALS * blocks; lane++) {
      int b = lane % blocks;
      if (lanes.errors[lane] < errors[b]) {
        errors[b] = lanes.errors[lane];
        scales[b] = lanes.scales[lane];
        minimums[b] = lanes.minimums[lane];
      }
    }
  }

  short d(int block) {
    return Float.floatToFloat16(scales[block]);
  }

  /** What is added to the scaled codes. */
  short offset(int block) {
    return Float.floatToFloat16(-minimums[block]);
  }

  /** The nearest codes of a block for the numbers found. */
  void codes(int block, byte[] target) {
    lanes.codes(block, scales[block], minimums[block], target, 0);
  }
}
