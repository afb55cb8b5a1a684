package io.quant4j.core.algorithm.optimal;

import java.util.Arrays;

/**
 * All numbers of a block of groups: x = d * scale[g] * level(code), with d in binary16 and scales
 * as signed integers. For each of several starts of d, takes the best integer of each group near
 * its best real scale, every trial measured with its nearest codes; then alternates with weighted
 * least squares for d, as long as that helps.
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
final class SymmetricBlockSearch {
  private static final float[] FACTORS = {1, 0.985f, 1.015f};
  private static final int ROUNDS = 6;

  private final SymmetricLanes lanes;
  private final SymmetricFreeFit free;
  private final int lowestScale;
  private final int reach;
  private final int groups;
  private final int[] laneScales;
  private final int[] trialScales;
  private final float[] groupErrors;
  private final int[] scales;
  private short d;
  private float error;

  /**
   * @param lowestScale integer of a scale, -n; the highest is n - 1
   * @param reach how far from the real scale integers are tried
   */
  SymmetricBlockSearch(SymmetricLanes lanes, float[] stretches, int lowestScale, int reach) {
    this.lanes = lanes;
    this.lowestScale = lowestScale;
    this.reach = reach;
    free = new SymmetricFreeFit(lanes, stretches);
    groups = lanes.groups;
    laneScales = new int[(2 * reach + 1) * groups];
    trialScales = new int[groups];
    groupErrors = new float[groups];
    scales = new int[groups];
  }

  /**
   * Searches one block.
   *
   * @param weights of the squared errors, from {@code weightsFrom}
   * @param otherD d of another encoder, one of the starts
   */
  void fit(float[] x, int from, float[] weights, int weightsFrom, float otherD) {
    lanes.load(x, from, weights, weightsFrom);
    free.fit();
    error = Float.POSITIVE_INFINITY;
    float largest = 0;
    for (int g = 0; g < groups; g++) {
      float scale = free.best(g);
      largest = Math.abs(scale) > Math.abs(largest) ? scale : largest;
    }
    for (float factor : FACTORS) {
      start(factor * largest / lowestScale);
    }
    start(otherD);
    descend();
  }

  private void start(float startD) {
    short half = Float.floatToFloat16(startD);
    float trialD = Float.float16ToFloat(half);
    if (trialD == 0 || !Float.isFinite(trialD)) {
      return;
    }
    Arrays.fill(groupErrors, Float.POSITIVE_INFINITY);
    int count = 2 * reach + 1;
    for (int trial = 0; trial < count; trial++) {
      for (int g = 0; g < groups; g++) {
        int nearest = Math.round(free.best(g) / trialD);
        propose(trial * groups + g, nearest + trial - reach, trialD);
      }
    }
    keepIfBetter(half, measure(count));
  }

  private void propose(int lane, int integer, float trialD) {
    laneScales[lane] = Math.min(Math.max(integer, lowestScale), -lowestScale - 1);
    lanes.scales[lane] = trialD * laneScales[lane];
  }

  /** Takes the best trial of each group; returns the error of the block. */
  private float measure(int count) {
    lanes.measureErrors(count);
    for (int trial = 0; trial < count; trial++) {
      for (int g = 0; g < groups; g++) {
        int lane = trial * groups + g;
        if (lanes.errors[lane] < groupErrors[g]) {
          groupErrors[g] = lanes.errors[lane];
          trialScales[g] = laneScales[lane];
        }
      }
    }
    float sum = 0;
    for (float groupError : groupErrors) {
      sum += groupError;
    }
    return sum;
  }

  private boolean keepIfBetter(short half, float trialError) {
    if (!(trialError < error)) {
      return false;
    }
    error = trialError;
    d = half;
    System.arraycopy(trialScales, 0, scales, 0, groups);
    return true;
  }

  private void descend() {
    boolean better = error < Float.POSITIVE_INFINITY;
    for (int round = 0; round < ROUNDS && better; round++) {
      short half = Float.floatToFloat16(solve());
      float trialD = Float.float16ToFloat(half);
      if (trialD == 0 || !Float.isFinite(trialD)) {
        return;
      }
      Arrays.fill(groupErrors, Float.POSITIVE_INFINITY);
      for (int step = -1; step <= 1; step++) {
        for (int g = 0; g < groups; g++) {
          propose((step + 1) * groups + g, scales[g] + step, trialD);
        }
      }
      better = keepIfBetter(half, measure(3));
    }
  }

  /** d in weighted least squares for the present integers and their codes. */
  private float solve() {
    float present = Float.float16ToFloat(d);
    for (int g = 0; g < groups; g++) {
      lanes.scales[g] = present * scales[g];
    }
    lanes.measure(1);
    double products = 0;
    double squares = 0;
    for (int g = 0; g < groups; g++) {
      double scale = scales[g];
      products += scale * lanes.sumProducts[g];
      squares += scale * scale * lanes.sumSquares[g];
    }
    return squares > 0 ? (float) (products / squares) : 0;
  }

  short d() {
    return d;
  }

  /** Integer of a group's scale, counted from the lowest. */
  int scaleCode(int g) {
    return scales[g] - lowestScale;
  }

  /** The nearest codes of the whole block for the numbers found. */
  void codes(byte[] target) {
    float stored = Float.float16ToFloat(d);
    for (int g = 0; g < groups; g++) {
      lanes.codes(g, stored * scales[g], target, g * lanes.elements);
    }
  }
}
