package io.quant4j.core.format;

import org.jspecify.annotations.Nullable;

/**
 * Encoding of one block with a codebook of magnitudes: signs are split off, a {@link GroupSearch}
 * gives each group a scale and points, and the scales become odd multiples of {@code d}.
 *
 * <p>Weights of squared errors are importance * sqrt({@code spread} * mean of x^2 over the block +
 * x^2). Where a format can store only an even number of negative signs in 8 elements, and it is
 * odd, the element with the least weight * x^2 changes its sign.
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
final class CodebookBlock {
  static final int ELEMENTS = 256;

  /** Elements whose signs are stored together. */
  static final int SIGNED_ELEMENTS = 8;

  private static final int ALL_SIGNS = 0xff;

  /** Largest code of a group's scale. */
  private static final int HIGHEST_SCALE = 15;

  /** Index of the point of each vector. */
  final int[] points;

  /** Bit i: element i of the 8 is negative. */
  final int[] signs = new int[ELEMENTS / SIGNED_ELEMENTS];

  /** Codes c of the groups' scales d * (2 * c + 1). */
  final int[] scaleCodes;

  /** Scale of the scales. */
  float d;

  private final CodebookRule rule;
  private final GroupSearch search;
  private final float[] scales;
  private final float[] magnitudes;
  private final float[] weights;

  /**
   * @param search by the rule
   */
  CodebookBlock(CodebookRule rule, GroupSearch search) {
    int groups = ELEMENTS / rule.groupElements();
    this.rule = rule;
    this.search = search;
    this.points = new int[groups * search.points().length];
    this.scaleCodes = new int[groups];
    this.scales = new float[groups];
    this.magnitudes = new float[rule.groupElements()];
    this.weights = new float[rule.groupElements()];
  }

  /** Fits a block; returns whether its elements and scales are finite. */
  boolean fit(float[] x, int from, float @Nullable [] importance, int column) {
    if (!Blocks.finite(x, from, ELEMENTS)) {
      return false;
    }
    float base = ErrorWeights.meanSquare(x, from, ELEMENTS, rule.spread());
    float largest = 0;
    for (int g = 0; g < scales.length; g++) {
      int start = g * rule.groupElements();
      fillWeights(x, from + start, importance, column + start, base);
      scales[g] = fitGroup(x, from, g);
      largest = Math.max(largest, scales[g]);
    }
    d = largest / (2 * HIGHEST_SCALE + 1);
    float inverse = Rounding.inverse(d);
    for (int g = 0; g < scales.length; g++) {
      scaleCodes[g] = Rounding.oddCode(inverse * scales[g], HIGHEST_SCALE);
    }
    return Float.isFinite(largest);
  }

  private void fillWeights(
      float[] x, int from, float @Nullable [] importance, int column, float base) {
    if (importance != null) {
      ErrorWeights.fill(x, from, importance, column, base, weights);
      return;
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] = rule.plainBase() * base + x[from + i] * x[from + i];
    }
  }

  /** Finds signs and points of group g; returns its scale. */
  private float fitGroup(float[] x, int from, int g) {
    int firstSigns = g * rule.groupElements() / SIGNED_ELEMENTS;
    int signSets = rule.groupElements() / SIGNED_ELEMENTS;
    for (int k = 0; k < signSets; k++) {
      signs[firstSigns + k] = splitSigns(x, from, firstSigns + k, k * SIGNED_ELEMENTS);
    }
    boolean any = search.fit(magnitudes, weights);
    float scale = search.scale();
    for (int k = firstSigns; k < firstSigns + signSets; k++) {
      if (!any) {
        signs[k] = 0;
      } else if (scale < 0) {
        signs[k] ^= ALL_SIGNS;
      }
    }
    int vectors = search.points().length;
    System.arraycopy(search.points(), 0, points, g * vectors, vectors);
    return Math.abs(scale);
  }

  /** Takes the signs off 8 elements, of which the first goes to {@code at}; returns their mask. */
  private int splitSigns(float[] x, int from, int set, int at) {
    int mask = 0;
    int least = 0;
    float leastCost = 0;
    for (int i = 0; i < SIGNED_ELEMENTS; i++) {
      float value = x[from + set * SIGNED_ELEMENTS + i];
      magnitudes[at + i] = value >= 0 ? value : -value;
      mask |= value >= 0 ? 0 : 1 << i;
      float cost = weights[at + i] * value * value;
      if (i == 0 || cost < leastCost) {
        least = i;
        leastCost = cost;
      }
    }
    if (rule.evenSigns() && Integer.bitCount(mask) % 2 != 0) {
      magnitudes[at + least] = -magnitudes[at + least];
      mask ^= 1 << least;
    }
    return mask;
  }
}
