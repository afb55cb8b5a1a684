package io.quant4j.core.calibrate;

import io.quant4j.api.ImportanceMatrix.Entry;
import java.util.Arrays;

/**
 * Sums of squares of what goes into each column of one weight, or of each matrix of a stack. Added
 * in double precision: upstream's sums of floats lose a digit or two over long texts.
 *
 * <p>Not thread-safe, except that several threads may add disjoint ranges of columns.
 */
final class ColumnSums {
  /** Columns whose sums stay in the first-level cache while rows go by. */
  private static final int BLOCK = 1_024;

  private final int cols;
  private final double[] sums;
  private final long[] counts;

  /**
   * @param matrices in the stack; 1 for a plain weight
   * @param cols input columns of each
   */
  ColumnSums(int matrices, int cols) {
    this.cols = cols;
    sums = new double[Math.multiplyExact(matrices, cols)];
    counts = new long[matrices];
  }

  int cols() {
    return cols;
  }

  /** Counts rows that a matrix saw. */
  void count(int matrix, int rows) {
    counts[matrix] += rows;
  }

  /**
   * Adds the squares of some columns, row by row, so that a sum does not depend on how columns are
   * split over threads.
   *
   * @param x (rows, cols)
   * @param begin first column
   * @param end after the last column
   */
  void addSquares(int matrix, float[] x, int rows, int begin, int end) {
    for (int block = begin; block < end; block += BLOCK) {
      int blockEnd = Math.min(end, block + BLOCK);
      for (int row = 0; row < rows; row++) {
        addSquares(sums, matrix * cols, x, row * cols, block, blockEnd);
      }
    }
  }

  /**
   * Adds the squares of some columns of one row.
   *
   * @param at first element of the row in {@code x}
   */
  void addRow(int matrix, float[] x, int at, int begin, int end) {
    addSquares(sums, matrix * cols, x, at, begin, end);
  }

  private static void addSquares(
      double[] sums, int sumsAt, float[] x, int xAt, int begin, int end) {
    for (int j = begin; j < end; j++) {
      double value = x[xAt + j];
      sums[sumsAt + j] += value * value;
    }
  }

  /** Whether all sums are finite; the sums of squares hide no infinity or NaN of the inputs. */
  boolean isFinite() {
    double total = Arrays.stream(sums).sum();
    return Double.isFinite(total);
  }

  /** The sums so far. */
  Entry entry() {
    float[] floatSums = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      floatSums[i] = (float) sums[i];
    }
    float[] floatCounts = new float[counts.length];
    for (int i = 0; i < counts.length; i++) {
      floatCounts[i] = counts[i];
    }
    return new Entry(floatSums, floatCounts);
  }
}
