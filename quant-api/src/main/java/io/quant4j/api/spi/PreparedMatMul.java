package io.quant4j.api.spi;

import java.lang.foreign.MemorySegment;

/**
 * Product of stored rows with many vectors that were prepared before, for one weight format. It may
 * round weights and vectors to fewer bits than a float has and so differ from {@link MatMulKernel};
 * its documentation says by how much.
 */
public interface PreparedMatMul {

  /** What prepares vectors; equal for matrices that can share them. */
  VectorPreparation preparation();

  /**
   * {@code y[b][r] = weights[r] . x[b]} for rows {@code rowBegin <= r < rowEnd}. The result for one
   * (b, r) depends neither on the other vectors nor on the range of rows.
   *
   * @param weights all rows, stored without padding
   * @param cols elements of a row, a multiple of the format's block
   * @param prepared the vectors, as {@link #preparation} left them
   * @param batch vectors, at least 1
   * @param y row b starts at {@code yOffset + b * yStride}; element r of it is written
   */
  void multiply(
      MemorySegment weights,
      int cols,
      MemorySegment prepared,
      int batch,
      float[] y,
      int yOffset,
      int yStride,
      int rowBegin,
      int rowEnd);
}
