package io.quant4j.kernels.cuda.op;

import io.quant4j.kernels.cuda.op.Scratch.Use;

/** Rows of a matrix as floats, some at a time, for products that take no stored blocks. */
final class DecodedRows {
  /** Bytes of decoded rows at a time: enough rows to occupy a device, little of its memory. */
  private static final int PART_BYTES = 128 << 20;

  /** Rows of a part are a multiple of this, the tile of the tensor products. */
  private static final int GRANULE = 128;

  private static final int MOST_ROWS = 32_768;

  /** What is done with rows while they are there. */
  @FunctionalInterface
  interface Part {
    /**
     * Queues it.
     *
     * @param rows address of (count, cols)
     * @param first number of the first row
     */
    void with(long rows, int first, int count);
  }

  private final Work work;
  private final Weights weights;

  DecodedRows(Work work, Weights weights) {
    this.work = work;
    this.weights = weights;
  }

  /**
   * Decodes a matrix part by part.
   *
   * @param half whether to 16-bit floats instead of 32-bit ones
   */
  void each(CudaWeight weight, boolean half, Part part) {
    long rowBytes = (long) weight.cols() * (half ? Short.BYTES : Float.BYTES);
    int most = rows(rowBytes);
    for (int first = 0; first < weight.rows(); first += most) {
      int count = Math.min(most, weight.rows() - first);
      long decoded = work.scratch().take(Use.DECODED, Math.min(most, weight.rows()) * rowBytes);
      weights.dequantize(weight, first, count, decoded, weight.cols(), half);
      part.with(decoded, first, count);
    }
  }

  private static int rows(long rowBytes) {
    long rows = PART_BYTES / rowBytes / GRANULE * GRANULE;
    return (int) Math.max(GRANULE, Math.min(rows, MOST_ROWS));
  }
}
