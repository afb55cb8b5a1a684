package io.quant4j.core.format;

import org.jspecify.annotations.Nullable;

/**
 * Encoding of one row in blocks that have one signed scale each: {@link SymmetricRounding} without
 * importance, {@link SymmetricSearch} with it, weighing errors with importance * sqrt(mean of x^2
 * over the row + x^2).
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
final class SymmetricRow {
  private final int count;
  private final int zeroCode;
  private final float[] row;
  private final int rowOffset;
  private final float @Nullable [] importance;
  private final float base;
  private final float[] weights;
  private final byte[] codes;
  private float scale;

  /**
   * @param count elements of a block
   * @param cols elements of the row
   */
  SymmetricRow(
      int count,
      int zeroCode,
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance) {
    this.count = count;
    this.zeroCode = zeroCode;
    this.row = row;
    this.rowOffset = rowOffset;
    this.importance = importance;
    this.base = importance == null ? 0 : ErrorWeights.meanSquare(row, rowOffset, cols, 1);
    this.weights = new float[count];
    this.codes = new byte[count];
  }

  /** Fits a block; returns whether its elements are finite. If not, the results have no meaning. */
  boolean fit(int block) {
    int column = block * count;
    int from = rowOffset + column;
    if (!Blocks.finite(row, from, count)) {
      return false;
    }
    if (importance == null) {
      scale = SymmetricRounding.fit(row, from, count, zeroCode, codes);
    } else {
      ErrorWeights.fill(row, from, importance, column, base, weights);
      scale = SymmetricSearch.fit(row, from, count, zeroCode, weights, 0, codes, 0);
    }
    return true;
  }

  /** Scale of the latest block. */
  float scale() {
    return scale;
  }

  /** Codes of the latest block. */
  byte[] codes() {
    return codes;
  }
}
