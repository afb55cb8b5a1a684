package io.quant4j.core.quantize;

import io.quant4j.api.ImportanceMatrix.Entry;
import java.util.Arrays;

/**
 * How much each column of a tensor's matrices matters.
 *
 * @param entry what calibration saw, of as many numbers as all matrices together have columns
 * @param matrices in the tensor
 * @param first the matrix that is asked for as 0
 */
record ColumnWeights(Entry entry, long matrices, int first) {

  /** Those of all matrices. */
  ColumnWeights(Entry entry, long matrices) {
    this(entry, matrices, 0);
  }

  /** Those of the matrices from this one on. */
  ColumnWeights from(int matrix) {
    return new ColumnWeights(entry, matrices, first + matrix);
  }

  /**
   * The weight of each column's squared error.
   *
   * @param matrix index in the stack, from {@link #first} on
   * @return (cols), made anew: a stack of hundreds is not held in memory twice
   */
  float[] of(int matrix) {
    int index = first + matrix;
    if (entry.matrices() == matrices) {
      return entry.weights(index);
    }
    // Some files count once for a whole stack.
    int cols = Math.toIntExact(entry.sums().length / matrices);
    return Arrays.copyOfRange(entry.weights(0), index * cols, (index + 1) * cols);
  }
}
