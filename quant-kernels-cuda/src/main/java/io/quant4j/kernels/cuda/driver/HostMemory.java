package io.quant4j.kernels.cuda.driver;

import java.lang.foreign.MemorySegment;

/** Memory of the host that the device reads and writes directly. */
public final class HostMemory implements AutoCloseable {
  private final Cuda cuda;
  private final MemorySegment segment;
  private boolean closed;

  HostMemory(Cuda cuda, long bytes) {
    this.cuda = cuda;
    this.segment = cuda.allocateHost(bytes);
  }

  public MemorySegment segment() {
    return segment;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cuda.freeHost(segment);
    }
  }
}
