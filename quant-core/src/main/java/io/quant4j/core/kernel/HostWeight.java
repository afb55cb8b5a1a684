package io.quant4j.core.kernel;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.VectorPreparation;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * A matrix on the host with the kernels chosen for it.
 *
 * @param shape (rows, cols)
 * @param data stored rows without padding
 * @param rowBytes bytes of one row
 * @param prepared products of prepared vectors, in order of preference
 */
record HostWeight(
    FormatId format,
    Shape shape,
    MemorySegment data,
    long rowBytes,
    MatMulKernel matMul,
    List<PreparedMatMul> prepared,
    RowDecoder decoder)
    implements Weight {

  int rows() {
    return (int) shape.rows();
  }

  int cols() {
    return (int) shape.cols();
  }

  /** What prepares so many vectors for products with this matrix, if that is faster. */
  Optional<VectorPreparation> preparation(int batch) {
    for (int i = 0; i < prepared.size(); i++) { // an iterator would be garbage
      VectorPreparation preparation = prepared.get(i).preparation();
      if (preparation.accepts(cols(), batch)) {
        return Optional.of(preparation);
      }
    }
    return Optional.empty();
  }

  /**
   * The product of vectors that were prepared so, if there is one. Asked for by every chunk of
   * every product: a stream would make half of the garbage of a token.
   */
  Optional<PreparedMatMul> prepared(VectorPreparation by) {
    for (PreparedMatMul product : prepared) {
      if (product.preparation().equals(by)) {
        return Optional.of(product);
      }
    }
    return Optional.empty();
  }

  /** Rows {@code begin <= r < end} of the products with every row of x. */
  void multiply(HostBuffer x, int batch, HostBuffer out, int begin, int end) {
    matMul.multiply(
        data, cols(), x.data(), x.offset(), batch, out.data(), out.offset(), rows(), begin, end);
  }

  /** The same by a prepared product. */
  void multiply(
      PreparedMatMul by, MemorySegment vectors, int batch, HostBuffer out, int begin, int end) {
    by.multiply(data, cols(), vectors, batch, out.data(), out.offset(), rows(), begin, end);
  }
}
