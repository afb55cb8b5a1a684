package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;

/**
 * A matrix, or a stack of them one below the other, in device memory.
 *
 * @param module whose kernels read it
 * @param shape (rows, cols) or (experts, rows, cols)
 * @param data address
 * @param blocks of all of it
 * @param codebook address of the format's codebook, or 0
 */
record CudaWeight(
    DeviceFormat stored, String module, Shape shape, long data, long blocks, long codebook)
    implements Weight {

  @Override
  public FormatId format() {
    return stored.id();
  }

  /** Dynamic shared memory of products with few vectors. */
  int sharedBytes() {
    return stored.sharedBytes(module);
  }

  /** Rows of one matrix. */
  int rows() {
    return Math.toIntExact(shape.sizes().get(shape.rank() - 2));
  }

  int cols() {
    return Math.toIntExact(shape.cols());
  }
}
