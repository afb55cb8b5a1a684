package io.quant4j.core.kernel;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The matrices of all experts on the host, wherever each of them lies.
 *
 * @param shape (experts, rows, cols)
 * @param matrices stored rows without padding, one segment per expert
 */
record HostExpertStack(
    FormatId format, Shape shape, List<MemorySegment> matrices, MatMulKernel matMul)
    implements Weight {

  HostExpertStack {
    matrices = List.copyOf(matrices);
  }

  /** Rows of one matrix. */
  int rows() {
    return shape.sizes().get(1).intValue();
  }

  int cols() {
    return (int) shape.cols();
  }
}
