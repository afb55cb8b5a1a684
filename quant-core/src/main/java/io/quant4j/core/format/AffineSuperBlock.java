package io.quant4j.core.format;

import org.jspecify.annotations.Nullable;

/**
 * How the K-formats with a scale and a minimum per group choose their numbers: x = d * scaleCode *
 * code - dmin * minimumCode over 256 elements. Upstream: {@code quantize_row_q2_K}, {@code _q4_K}
 * and {@code _q5_K}, each {@code _ref} and {@code _impl}, in {@code ggml-quants.c}.
 *
 * <ol>
 *   <li>{@link AsymmetricSearch} gives each group a scale and a minimum. Its weights are the
 *       format's own, or with importance those of {@link ErrorWeights} with twice the mean square
 *       of the block (q2_K: once) as base.
 *   <li>Scales and minimums become small integers: without importance d is the largest scale over
 *       the largest integer; with importance {@link PositiveScaleSearch} finds d, weighing each
 *       group with the sum of its weights. Minimums likewise.
 *   <li>{@link #requantize} takes the nearest codes once more, with d and dmin as stored.
 * </ol>
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
public final class AffineSuperBlock {
  static final int ELEMENTS = 256;

  /** Weights of a group's errors where there is no importance. */
  public enum PlainWeights {
    /** |x|. */
    MAGNITUDE,
    /** |x| + sqrt(mean of x^2 over the group). */
    MAGNITUDE_AND_MEAN
  }

  /**
   * What differs between formats.
   *
   * @param groupElements elements that share a scale and a minimum
   * @param largestCode of an element
   * @param largestScale integer of a scale or minimum
   * @param base factor of the block's mean square in the weights with importance
   */
  public record Rule(
      int groupElements,
      int largestCode,
      int largestScale,
      int base,
      PlainWeights plainWeights,
      AsymmetricSearch.Candidates plainCandidates) {

    /**
     * Integers of the nearest multiples of (largest of the numbers / largest integer), which it
     * returns.
     *
     * @param numbers scales or minimums of a block
     * @param integers receives as many, unsigned
     */
    public float integers(float[] numbers, byte[] integers) {
      float highest = 0;
      for (float number : numbers) {
        highest = Math.max(highest, number);
      }
      float inverse = highest > 0 ? largestScale / highest : 0;
      for (int i = 0; i < numbers.length; i++) {
        integers[i] = (byte) Math.min(largestScale, Rounding.nearest(inverse * numbers[i]) & 0xff);
      }
      return highest / largestScale;
    }
  }

  private final Rule rule;
  private final AsymmetricSearch plainSearch;
  private final AsymmetricSearch importanceSearch;
  private final PositiveScaleSearch scaleSearch;
  private final float[] weights;
  private final float[] weightSums;
  private final float[] scales;
  private final float[] minimums;
  private final byte[] codes = new byte[ELEMENTS];
  private final byte[] scaleCodes;
  private final byte[] minimumCodes;
  private float d;
  private float dmin;

  AffineSuperBlock(Rule rule) {
    this.rule = rule;
    int groups = ELEMENTS / rule.groupElements();
    plainSearch =
        new AsymmetricSearch(rule.groupElements(), rule.largestCode(), rule.plainCandidates());
    importanceSearch =
        new AsymmetricSearch(
            rule.groupElements(), rule.largestCode(), AsymmetricSearch.Candidates.WITH_IMPORTANCE);
    scaleSearch = new PositiveScaleSearch(rule.largestScale());
    weights = new float[rule.groupElements()];
    weightSums = new float[groups];
    scales = new float[groups];
    minimums = new float[groups];
    scaleCodes = new byte[groups];
    minimumCodes = new byte[groups];
  }

  /** Scale of the scales, to be rounded for storage. */
  float d() {
    return d;
  }

  /** Scale of the minimums, to be rounded for storage. */
  float dmin() {
    return dmin;
  }

  /** Integer of each group's scale. */
  byte[] scaleCodes() {
    return scaleCodes;
  }

  /** Integer of each group's minimum. */
  byte[] minimumCodes() {
    return minimumCodes;
  }

  /** Code of each element. */
  byte[] codes() {
    return codes;
  }

  /**
   * Steps 1 and 2 for the 256 elements from {@code from}.
   *
   * @param column index of the first element's importance
   * @return whether the elements and all scales are finite; if not, the results have no meaning
   */
  boolean fit(float[] x, int from, float @Nullable [] importance, int column) {
    if (!Blocks.finite(x, from, ELEMENTS)) {
      return false;
    }
    if (importance == null) {
      fitGroups(x, from);
      d = rule.integers(scales, scaleCodes);
      dmin = rule.integers(minimums, minimumCodes);
    } else {
      fitGroups(x, from, importance, column);
      d = scaleSearch.fit(scales, weightSums, scaleCodes);
      dmin = scaleSearch.fit(minimums, weightSums, minimumCodes);
    }
    return Blocks.finite(scales, 0, scales.length) && Blocks.finite(minimums, 0, minimums.length);
  }

  /**
   * Step 3, for the elements just fitted.
   *
   * @param storedD {@link #d()} as stored
   * @param storedDmin {@link #dmin()} as stored
   */
  void requantize(float[] x, int from, float storedD, float storedDmin) {
    int size = rule.groupElements();
    for (int group = 0; group < scales.length; group++) {
      float scale = storedD * (scaleCodes[group] & 0xff);
      if (scale == 0) {
        continue; // the codes do not matter; upstream leaves what the search found
      }
      float minimum = storedDmin * (minimumCodes[group] & 0xff);
      for (int i = group * size; i < (group + 1) * size; i++) {
        int code = Rounding.nearest((x[from + i] + minimum) / scale);
        codes[i] = (byte) Math.clamp(code, 0, rule.largestCode());
      }
    }
  }

  private void fitGroups(float[] x, int from) {
    int size = rule.groupElements();
    for (int group = 0; group < scales.length; group++) {
      int start = from + group * size;
      float base =
          switch (rule.plainWeights()) {
            case MAGNITUDE -> 0;
            case MAGNITUDE_AND_MEAN ->
                (float) Math.sqrt(ErrorWeights.meanSquare(x, start, size, 1));
          };
      for (int i = 0; i < size; i++) {
        weights[i] = base + Math.abs(x[start + i]);
      }
      plainSearch.fit(x, start, weights, codes, group * size);
      scales[group] = plainSearch.scale();
      minimums[group] = plainSearch.minimum();
    }
  }

  private void fitGroups(float[] x, int from, float[] importance, int column) {
    int size = rule.groupElements();
    float base = ErrorWeights.meanSquare(x, from, ELEMENTS, rule.base());
    for (int group = 0; group < scales.length; group++) {
      int start = group * size;
      weightSums[group] =
          ErrorWeights.fill(x, from + start, importance, column + start, base, weights);
      importanceSearch.fit(x, from + start, weights, codes, start);
      scales[group] = importanceSearch.scale();
      minimums[group] = importanceSearch.minimum();
    }
  }
}
