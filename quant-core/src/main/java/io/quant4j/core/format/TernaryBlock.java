package io.quant4j.core.format;

import org.jspecify.annotations.Nullable;

/**
 * Encoding of one block with the points of {@link Codebook#IQ1_S}: {@link TernarySearch} gives each
 * group a scale and points, and the scales become odd multiples of {@code d}.
 *
 * <p>Weights of squared errors are importance * sqrt(2 * mean of x^2 over the block + x^2), or x^2
 * without importance.
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
final class TernaryBlock {
  static final int ELEMENTS = 256;

  /** Largest code of a group's scale. */
  private static final int HIGHEST_SCALE = 7;

  /** Index of the point of each 8 elements. */
  final int[] points = new int[ELEMENTS / TernarySearch.VECTOR];

  /** For each group; bit k: vector k of the group is lowered. */
  final int[] lowered;

  /** Codes c of the groups' scales d * (2 * c + 1). */
  final int[] scaleCodes;

  /** Scale of the scales. */
  float d;

  private final int groupElements;
  private final TernarySearch search;
  private final float[] scales;
  private final float[] weights = new float[ELEMENTS];

  /**
   * @param search of such groups
   */
  TernaryBlock(int groupElements, TernarySearch search) {
    int groups = ELEMENTS / groupElements;
    this.groupElements = groupElements;
    this.search = search;
    this.lowered = new int[groups];
    this.scaleCodes = new int[groups];
    this.scales = new float[groups];
  }

  /** Fits a block; returns whether its elements and scales are finite. */
  boolean fit(float[] x, int from, float @Nullable [] importance, int column) {
    if (!Blocks.finite(x, from, ELEMENTS)) {
      return false;
    }
    fillWeights(x, from, importance, column);
    float largest = 0;
    for (int g = 0; g < scales.length; g++) {
      int start = g * groupElements;
      search.fit(x, from + start, weights, start);
      System.arraycopy(
          search.points(), 0, points, start / TernarySearch.VECTOR, search.points().length);
      lowered[g] = search.lowered();
      scales[g] = search.scale();
      largest = Math.max(largest, scales[g]);
    }
    d = largest / (2 * HIGHEST_SCALE + 1);
    float inverse = Rounding.inverse(d);
    for (int g = 0; g < scales.length; g++) {
      scaleCodes[g] = Rounding.oddCode(inverse * scales[g], HIGHEST_SCALE);
    }
    return Float.isFinite(largest);
  }

  private void fillWeights(float[] x, int from, float @Nullable [] importance, int column) {
    if (importance != null) {
      float base = ErrorWeights.meanSquare(x, from, ELEMENTS, 2);
      ErrorWeights.fill(x, from, importance, column, base, weights);
      return;
    }
    for (int i = 0; i < ELEMENTS; i++) {
      weights[i] = x[from + i] * x[from + i];
    }
  }

  /** The d that fits best to the points and scale codes of the latest block, unless that is 0. */
  float refittedD(float[] x, int from) {
    if (d == 0) {
      return 0;
    }
    float sumX = 0;
    float sumSquares = 0;
    for (int i = 0; i < ELEMENTS; i++) {
      int vector = i / TernarySearch.VECTOR;
      int g = i / groupElements;
      int level = Codebook.IQ1_S.level(points[vector], i % TernarySearch.VECTOR);
      int shift = lowered[g] >> vector % search.points().length;
      float value = TernarySearch.value(level, shift) * (2 * scaleCodes[g] + 1);
      sumX += weights[i] * value * x[from + i];
      sumSquares += weights[i] * value * value;
    }
    return sumSquares > 0 ? sumX / sumSquares : d;
  }
}
