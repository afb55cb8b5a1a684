package io.quant4j.kernels.vector.matmul;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.kernels.vector.lanes.Lanes;

/** Lengths of rows in blocks, bytes and vectors. */
final class Rows {
  private Rows() {}

  /**
   * Blocks in a number of elements.
   *
   * @throws InvalidRequestException if it is not a whole number
   */
  static int blocks(BlockFormat format, int elements) {
    int size = format.blockElements();
    if (elements % size != 0) {
      throw new InvalidRequestException(
          ErrorLocation.subject(format.id().name()),
          elements + " elements are no whole number of blocks of " + size,
          "Choose a format whose block divides the row.");
    }
    return elements / size;
  }

  /** Elements up to a whole number of lanes. */
  static int padded(int elements) {
    return (elements + Lanes.COUNT - 1) / Lanes.COUNT * Lanes.COUNT;
  }

  /** A copy of {@code batch} vectors, each followed by zeros up to a whole number of lanes. */
  static float[] pad(float[] x, int xOffset, int cols, int batch) {
    int stride = padded(cols);
    float[] copy = new float[batch * stride];
    for (int b = 0; b < batch; b++) {
      System.arraycopy(x, xOffset + b * cols, copy, b * stride, cols);
    }
    return copy;
  }
}
