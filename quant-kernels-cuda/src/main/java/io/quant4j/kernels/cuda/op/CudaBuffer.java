package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.Buffer;
import java.util.Objects;

/**
 * A range of device memory.
 *
 * @param address of the first element
 * @param length elements
 */
record CudaBuffer(long address, long length) implements Buffer {

  @Override
  public CudaBuffer slice(long from, long count) {
    Objects.checkFromIndexSize(from, count, length);
    return new CudaBuffer(address + from * Float.BYTES, count);
  }

  /** The address of a buffer of these operations. */
  static long address(Buffer buffer) {
    return ((CudaBuffer) buffer).address;
  }

  long bytes() {
    return length * Float.BYTES;
  }
}
