package io.quant4j.core.format;

import org.jspecify.annotations.Nullable;

/**
 * Encoding of one row in blocks that have one scale and one offset each: {@link AffineRounding}
 * without importance, {@link AsymmetricSearch} with it, weighing errors with importance * sqrt(mean
 * of x^2 over the row + x^2).
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
final class AffineRow {
  private final int count;
  private final float[] row;
  private final int rowOffset;
  private final float @Nullable [] importance;
  private final float base;
  private final float[] weights;
  private final byte[] codes;
  private final AffineRounding rounding;
  private final AsymmetricSearch search;

  /**
   * @param count elements of a block
   * @param cols elements of the row
   */
  AffineRow(
      int count,
      int largestCode,
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance) {
    this.count = count;
    this.row = row;
    this.rowOffset = rowOffset;
    this.importance = importance;
    this.base = importance == null ? 0 : ErrorWeights.meanSquare(row, rowOffset, cols, 1);
    this.weights = new float[count];
    this.codes = new byte[count];
    this.rounding = new AffineRounding(count, largestCode);
    this.search =
        new AsymmetricSearch(count, largestCode, AsymmetricSearch.Candidates.WITH_IMPORTANCE);
  }

  /** Fits a block; returns whether its elements are finite. If not, the results have no meaning. */
  boolean fit(int block) {
    int column = block * count;
    int from = rowOffset + column;
    if (!Blocks.finite(row, from, count)) {
      return false;
    }
    if (importance == null) {
      rounding.fit(row, from, codes);
    } else {
      ErrorWeights.fill(row, from, importance, column, base, weights);
      search.fit(row, from, weights, codes, 0);
    }
    return true;
  }

  /** Scale of the latest block. */
  float scale() {
    return importance == null ? rounding.scale() : search.scale();
  }

  /** Value of code 0 in the latest block. */
  float offset() {
    return importance == null ? rounding.offset() : -search.minimum();
  }

  /** Codes of the latest block. */
  byte[] codes() {
    return codes;
  }
}
