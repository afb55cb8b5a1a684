package io.quant4j.core.quantize;

import io.quant4j.api.ImportanceMatrix.Entry;
import java.util.Arrays;

/**
 * How much each column of a tensor's matrices matters.
 *
 * @param entry what calibration saw, of as many numbers as all matrices together have columns
 * @param matrices in the tensor
 */
record ColumnWeights(Entry entry, long matrices) {

  /**
   * The weight of each column's squared error.
   *
   * @param matrix index in the stack
   * @return (cols), made anew: a stack of hundreds is not held in memory twice
   */
  float[] of(int matrix) {
    if (entry.matrices() == matrices) {
      return entry.weights(matrix);
    }
    // Some files count once for a whole stack.
    int cols = Math.toIntExact(entry.sums().length / matrices);
    return Arrays.copyOfRange(entry.weights(0), matrix * cols, (matrix + 1) * cols);
  }
}
