package io.quant4j.core.algorithm.optimal;

import java.util.Arrays;

/**
 * All numbers of a block of groups: x = d * scale[g] * code - dmin * minimum[g], with d and dmin in
 * binary16 and scales and minimums as small integers. For each of several starts of d and dmin,
 * alternates between the best integers of each group near the present ones, every trial measured
 * with its nearest codes, and weighted least squares for d and dmin, as long as that helps.
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
final class AffineBlockSearch {
  private static final float[][] FACTORS = {{1, 1}, {0.96f, 1}, {1.04f, 1}, {1, 0.95f}, {1, 1.05f}};
  private static final int ROUNDS = 6;
  private static final int SCALE_REACH = 2;
  private static final int MINIMUM_REACH = 1;
  private static final int TRIALS = (2 * SCALE_REACH + 1) * (2 * MINIMUM_REACH + 1);

  private final AffineLanes lanes;
  private final AffineFreeFit free;
  private final int groups;
  private final int elements;
  private final int largestScale;
  private final int[] trialScales;
  private final int[] trialMinimums;
  private final float[] meanCodes;
  private final int[] laneScales;
  private final int[] laneMinimums;
  private final float[] groupErrors;

  private final byte[] scales;
  private final byte[] minimums;
  private short d;
  private short dmin;
  private float error;

  AffineBlockSearch(int groups, int elements, int largestCode, int largestScale) {
    this.groups = groups;
    this.elements = elements;
    this.largestScale = largestScale;
    lanes = new AffineLanes(groups, elements, largestCode, Lanes.trials(groups, TRIALS));
    free = new AffineFreeFit(lanes, false);
    trialScales = new int[groups];
    trialMinimums = new int[groups];
    meanCodes = new float[groups];
    laneScales = new int[TRIALS * groups];
    laneMinimums = new int[TRIALS * groups];
    groupErrors = new float[groups];
    scales = new byte[groups];
    minimums = new byte[groups];
  }

  short d() {
    return d;
  }

  short dmin() {
    return dmin;
  }

  byte[] scales() {
    return scales;
  }

  byte[] minimums() {
    return minimums;
  }

  /**
   * Searches one block.
   *
   * @param weights of the squared errors, from {@code weightsFrom}
   * @param otherD d of another encoder, with {@code otherDmin} one of the starts
   */
  void fit(float[] x, int from, float[] weights, int weightsFrom, float otherD, float otherDmin) {
    lanes.load(x, from, weights, weightsFrom);
    free.fit(elements);
    error = Float.POSITIVE_INFINITY;
    float most = 0;
    float mostMinimum = 0;
    for (int g = 0; g < groups; g++) {
      most = Math.max(most, free.scales[g]);
      mostMinimum = Math.max(mostMinimum, free.minimums[g]);
    }
    for (float[] factors : FACTORS) {
      start(factors[0] * most / largestScale, factors[1] * mostMinimum / largestScale);
    }
    start(otherD, otherDmin);
    descend();
  }

  /** Keeps a start if it is the best so far. */
  private void start(float startD, float startDmin) {
    short halfD = Float.floatToFloat16(startD);
    short halfDmin = Float.floatToFloat16(startDmin);
    float trialD = Float.float16ToFloat(halfD);
    float trialDmin = Float.float16ToFloat(halfDmin);
    if (usable(trialD) && trialD > 0 && usable(trialDmin)) {
      takeFree(trialD, trialDmin);
      float trialError = assign(trialD, trialDmin);
      if (trialError < error) {
        keep(halfD, halfDmin, trialError);
      }
    }
  }

  /** Improves the best start. */
  private void descend() {
    for (int round = 0; round < ROUNDS && error < Float.POSITIVE_INFINITY; round++) {
      for (int g = 0; g < groups; g++) {
        trialScales[g] = scales[g];
        trialMinimums[g] = minimums[g];
      }
      measureChosen(Float.float16ToFloat(d), Float.float16ToFloat(dmin));
      double[] solved = solve();
      short halfD = Float.floatToFloat16((float) solved[0]);
      short halfDmin = Float.floatToFloat16((float) solved[1]);
      float trialD = Float.float16ToFloat(halfD);
      float trialDmin = Float.float16ToFloat(halfDmin);
      if (!usable(trialD) || trialD == 0 || !usable(trialDmin)) {
        return;
      }
      float trialError = assign(trialD, trialDmin);
      if (!(trialError < error)) {
        return;
      }
      keep(halfD, halfDmin, trialError);
    }
  }

  private static boolean usable(float number) {
    return number >= 0 && number < Float.POSITIVE_INFINITY;
  }

  private void keep(short halfD, short halfDmin, float newError) {
    d = halfD;
    dmin = halfDmin;
    error = newError;
    for (int g = 0; g < groups; g++) {
      scales[g] = (byte) trialScales[g];
      minimums[g] = (byte) trialMinimums[g];
    }
  }

  private void takeFree(float trialD, float trialDmin) {
    for (int g = 0; g < groups; g++) {
      trialScales[g] = integer(free.scales[g], trialD);
      trialMinimums[g] = integer(free.minimums[g], trialDmin);
      meanCodes[g] = free.meanCodes[g];
    }
  }

  private int integer(float number, float unit) {
    return unit > 0 ? Math.clamp(Math.round(number / unit), 0, largestScale) : 0;
  }

  /** Gives each group the best integers near its present ones; returns the error of the block. */
  private float assign(float trialD, float trialDmin) {
    for (int g = 0; g < groups; g++) {
      propose(g, trialD, trialDmin);
    }
    lanes.measureErrors(TRIALS);
    Arrays.fill(groupErrors, Float.POSITIVE_INFINITY);
    for (int trial = 0; trial < TRIALS; trial++) {
      for (int g = 0; g < groups; g++) {
        int lane = trial * groups + g;
        if (lanes.errors[lane] < groupErrors[g]) {
          groupErrors[g] = lanes.errors[lane];
          trialScales[g] = laneScales[lane];
          trialMinimums[g] = laneMinimums[lane];
        }
      }
    }
    float sum = 0;
    for (float groupError : groupErrors) {
      sum += groupError;
    }
    return sum;
  }

  private void propose(int g, float trialD, float trialDmin) {
    float meanX = lanes.sumWeights(g) > 0 ? lanes.sumX(g) / lanes.sumWeights(g) : 0;
    int lane = g;
    for (int ds = -SCALE_REACH; ds <= SCALE_REACH; ds++) {
      int scale = Math.clamp(trialScales[g] + ds, 0, largestScale);
      int middle =
          ds == 0 ? trialMinimums[g] : integer(trialD * scale * meanCodes[g] - meanX, trialDmin);
      for (int dm = -MINIMUM_REACH; dm <= MINIMUM_REACH; dm++) {
        int minimum = Math.clamp(middle + dm, 0, largestScale);
        laneScales[lane] = scale;
        laneMinimums[lane] = minimum;
        lanes.scales[lane] = trialD * scale;
        lanes.minimums[lane] = trialDmin * minimum;
        lane += groups;
      }
    }
  }

  private void measureChosen(float trialD, float trialDmin) {
    for (int g = 0; g < groups; g++) {
      lanes.scales[g] = trialD * trialScales[g];
      lanes.minimums[g] = trialDmin * trialMinimums[g];
    }
    lanes.measure(1);
    for (int g = 0; g < groups; g++) {
      meanCodes[g] = lanes.sumWeights(g) > 0 ? lanes.sumCodes[g] / lanes.sumWeights(g) : 0;
    }
  }

  /** d and dmin in weighted least squares for the integers and codes just measured. */
  private double[] solve() {
    double aa = 0;
    double ab = 0;
    double bb = 0;
    double ax = 0;
    double bx = 0;
    for (int g = 0; g < groups; g++) {
      double scale = trialScales[g];
      double minimum = trialMinimums[g];
      aa += scale * scale * lanes.sumSquares[g];
      ab += scale * minimum * lanes.sumCodes[g];
      bb += minimum * minimum * lanes.sumWeights(g);
      ax += scale * lanes.sumProducts[g];
      bx += minimum * lanes.sumX(g);
    }
    double determinant = aa * bb - ab * ab;
    return determinant > 0
        ? new double[] {(ax * bb - bx * ab) / determinant, (ax * ab - aa * bx) / determinant}
        : new double[] {aa > 0 ? ax / aa : 0, 0};
  }

  /** The nearest codes of the whole block for the numbers found. */
  void codes(byte[] target) {
    float storedD = Float.float16ToFloat(d);
    float storedDmin = Float.float16ToFloat(dmin);
    for (int g = 0; g < groups; g++) {
      lanes.codes(
          g, storedD * (scales[g] & 0xff), storedDmin * (minimums[g] & 0xff), target, g * elements);
    }
  }
}
