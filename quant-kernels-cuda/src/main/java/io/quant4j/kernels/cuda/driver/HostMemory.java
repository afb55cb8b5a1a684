package io.quant4j.kernels.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/** Memory of the host that the device reads and writes directly. */
public final class HostMemory implements AutoCloseable {
  private final Cuda cuda;
  private final MemorySegment segment;
  private final AtomicLong taken;
  private boolean closed;

  /**
   * New memory.
   *
   * @param taken counts the bytes that are in use
   */
  HostMemory(Cuda cuda, long bytes, AtomicLong taken) {
    this.cuda = cuda;
    this.segment = cuda.allocateHost(bytes);
    this.taken = taken;
    taken.addAndGet(bytes);
  }

  public MemorySegment segment() {
    return segment;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      taken.addAndGet(-segment.byteSize());
      cuda.freeHost(segment);
    }
  }
}
