package io.quant4j.core.kernel;

import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.VectorPreparation;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The vectors of one operation: as they are, and prepared if a kernel wants that.
 *
 * @param x (batch, cols)
 * @param preparation what {@code prepared} was made by; empty if nothing is prepared
 */
record HostVectors(
    HostBuffer x, int batch, Optional<VectorPreparation> preparation, MemorySegment prepared) {

  /** Vectors as they are. */
  static HostVectors plain(HostBuffer x, int batch) {
    return new HostVectors(x, batch, Optional.empty(), MemorySegment.NULL);
  }

  /** Rows {@code begin <= r < end} of the products with a matrix. */
  void multiply(HostWeight weight, HostBuffer out, int begin, int end) {
    Optional<PreparedMatMul> fast =
        preparation.isPresent() ? weight.prepared(preparation.get()) : Optional.empty();
    if (fast.isPresent()) {
      weight.multiply(fast.get(), prepared, batch, out, begin, end);
    } else {
      weight.multiply(x, batch, out, begin, end);
    }
  }
}
