package io.quant4j.core.format;

import io.quant4j.core.format.CodebookRule.Second;
import io.quant4j.core.format.CodebookRule.Start;
import java.util.Arrays;

/**
 * Search for a scale and points of a codebook of magnitudes that fit a group of numbers in weighted
 * least squares. Upstream: the loops over {@code is} in {@code quantize_row_iq2_xs_impl} and its
 * like in {@code ggml-quants.c}.
 *
 * <p>Here level l of a component stands for the odd number 2l + 1, whatever value decodes it: x[i]
 * = scale * (2 * level[i] + 1). For each of several scales, every element is rounded to its nearest
 * level, and every vector of levels that is not in the codebook gives way to the neighbour with the
 * least sum of sqrt(w) * error^2. For given levels the best scale is Sx / Sq, with Sx = sum of w x
 * q, Sq = sum of w q^2 and q the odd number; the candidate with the largest Sx^2 / Sq wins. Then
 * vectors are rounded once more with that scale, and the scale is fitted to them again.
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
final class CodebookSearch implements GroupSearch {
  private final CodebookRule rule;
  private final Codebook codebook;
  private final int highestOdd;
  private final PositiveScaleSearch startSearch;
  private final byte[] startCodes;
  private final float[] errorWeights;
  private final byte[] levels;
  private final float[] errors;
  private final int[] points;
  private final int[] trialPoints;
  private final boolean[] inCodebook;
  private final boolean[] trialInCodebook;
  private float scale;
  private float sumX;
  private float sumSquares;

  CodebookSearch(CodebookRule rule) {
    this.rule = rule;
    this.codebook = rule.neighbours().codebook();
    this.highestOdd = rule.highestOdd();
    this.startSearch = new PositiveScaleSearch(codebook.levels() + 1);
    this.startCodes = new byte[rule.groupElements()];
    this.errorWeights = new float[rule.groupElements()];
    this.levels = new byte[codebook.components()];
    this.errors = new float[codebook.components() * codebook.levels()];
    this.points = new int[rule.groupElements() / codebook.components()];
    this.trialPoints = new int[points.length];
    this.inCodebook = new boolean[points.length];
    this.trialInCodebook = new boolean[points.length];
  }

  @Override
  public int[] points() {
    return points;
  }

  @Override
  public float scale() {
    return scale;
  }

  @Override
  public boolean fit(float[] x, float[] weights) {
    Arrays.fill(points, 0);
    float largest = 0;
    for (float value : x) {
      largest = Math.max(largest, value);
    }
    scale = 0;
    if (largest < rule.negligible()) {
      return false;
    }
    scale = largest / highestOdd;
    if (rule.start() == Start.SEARCH) {
      scale = startSearch.fit(x, weights, startCodes);
      largest = scale * codebook.levels();
      if (scale <= 0) {
        scale = 0;
        return false;
      }
    }
    for (int i = 0; i < x.length; i++) {
      errorWeights[i] = (float) Math.sqrt(weights[i]);
    }
    takeBest(x, weights, largest);
    if (scale > 0 && takeOnceMore(x)) {
      sum(x, weights, points);
      scale = sumSquares > 0 ? sumX / sumSquares : scale;
    }
    return true;
  }

  /**
   * Takes points and scale of the best candidate; the scale stays as it is if none is good.
   *
   * @param largest what the first candidate gives the highest level
   */
  private void takeBest(float[] x, float[] weights, float largest) {
    Arrays.fill(inCodebook, rule.second() == Second.OTHERS);
    float best = 0;
    for (int step = -rule.steps(); step <= rule.steps(); step++) {
      float inverse = (highestOdd + step * rule.step()) / largest;
      for (int k = 0; k < points.length; k++) {
        take(x, k, inverse, 1 / inverse, trialPoints, trialInCodebook);
      }
      sum(x, weights, trialPoints);
      if (sumSquares > 0 && sumX * sumX > best * sumSquares) {
        scale = sumX / sumSquares;
        best = scale * sumX;
        System.arraycopy(trialPoints, 0, points, 0, points.length);
        System.arraycopy(trialInCodebook, 0, inCodebook, 0, points.length);
      }
    }
    if (best == 0 && !Float.isFinite(sumX + sumSquares)) {
      scale = Float.NaN;
    }
  }

  /** Rounds vectors with the best scale; returns whether there were any to round. */
  private boolean takeOnceMore(float[] x) {
    boolean others = false;
    for (boolean in : inCodebook) {
      others |= !in;
    }
    boolean all = rule.second() == Second.ALL || (rule.second() == Second.ALL_IF_OTHERS && others);
    for (int k = 0; k < points.length; k++) {
      if (all || !inCodebook[k]) {
        take(x, k, 1 / scale, scale, points, trialInCodebook);
      }
    }
    return all || others;
  }

  /** Rounds vector k to a point, and notes whether its levels are one. */
  private void take(
      float[] x, int k, float inverse, float trialScale, int[] target, boolean[] targetInCodebook) {
    int from = k * codebook.components();
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) Rounding.oddCode(inverse * x[from + i], codebook.levels() - 1);
    }
    int candidate = codebook.candidate(levels, 0);
    int point = codebook.indexOf(candidate);
    targetInCodebook[k] = point >= 0;
    target[k] = point >= 0 ? point : neighbour(candidate, x, from, trialScale);
  }

  private int neighbour(int candidate, float[] x, int from, float trialScale) {
    int next = 0;
    for (int i = from; i < from + levels.length; i++) {
      for (int level = 0; level < codebook.levels(); level++) {
        float difference = trialScale * (2 * level + 1) - x[i];
        errors[next++] = errorWeights[i] * difference * difference;
      }
    }
    return rule.neighbours().best(candidate, errors);
  }

  private void sum(float[] x, float[] weights, int[] chosen) {
    sumX = 0;
    sumSquares = 0;
    for (int k = 0; k < chosen.length; k++) {
      for (int i = 0; i < codebook.components(); i++) {
        int at = k * codebook.components() + i;
        float odd = 2 * codebook.level(chosen[k], i) + 1;
        sumX += weights[at] * x[at] * odd;
        sumSquares += weights[at] * odd * odd;
      }
    }
  }
}
