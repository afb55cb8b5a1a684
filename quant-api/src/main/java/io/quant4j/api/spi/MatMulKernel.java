package io.quant4j.api.spi;

import java.lang.foreign.MemorySegment;

/** Product of stored rows with float vectors, for one weight format. */
@FunctionalInterface
public interface MatMulKernel {

  /**
   * {@code y[b][r] = weights[r] . x[b]} for rows {@code rowBegin <= r < rowEnd}. The result for one
   * (b, r) depends neither on the batch nor on the range of rows.
   *
   * @param weights all rows, stored without padding
   * @param cols elements of a row, a multiple of the format's block
   * @param x (batch, cols) from {@code xOffset}
   * @param batch at least 1
   * @param y row b starts at {@code yOffset + b * yStride}; element r of it is written
   */
  void multiply(
      MemorySegment weights,
      int cols,
      float[] x,
      int xOffset,
      int batch,
      float[] y,
      int yOffset,
      int yStride,
      int rowBegin,
      int rowEnd);
}
