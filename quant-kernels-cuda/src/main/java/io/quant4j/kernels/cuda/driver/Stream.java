package io.quant4j.kernels.cuda.driver;

import io.quant4j.api.error.DeviceException;
import java.lang.foreign.MemorySegment;

/**
 * The queue of a device: what is put into it runs in order. While it records, what is put into it
 * goes into a graph and does not run. Not thread-safe.
 */
public final class Stream implements AutoCloseable {
  private static final int CAPTURE_RELAXED = 2;

  private final Cuda cuda;
  private final long handle;
  private boolean recording;

  Stream(Cuda cuda, long handle) {
    this.cuda = cuda;
    this.handle = handle;
  }

  long handle() {
    return handle;
  }

  Cuda cuda() {
    return cuda;
  }

  /** Copies from the host; memory that is not {@link HostMemory} may be reused on return. */
  public void copyToDevice(long target, MemorySegment source, long bytes) {
    requireRunning();
    cuda.copyToDevice(target, source, bytes, handle);
  }

  /** Copies to the host; complete after {@link #synchronize}. */
  public void copyToHost(MemorySegment target, long source, long bytes) {
    requireRunning();
    cuda.copyToHost(target, source, bytes, handle);
  }

  /** What passes between host and device would be the same at each replay of a record. */
  private void requireRunning() {
    if (recording) {
      throw new AssertionError("a recorded pass must not exchange values with the host");
    }
  }

  /** Copies within the device. */
  public void copy(long target, long source, long bytes) {
    cuda.copyOnDevice(target, source, bytes, handle);
  }

  /** Fills with zeros. */
  public void clear(long target, long bytes) {
    if (bytes > 0) {
      cuda.fillBytes(target, (byte) 0, bytes, handle);
    }
  }

  /** Writes an integer. */
  public void set(long target, int value) {
    requireRunning();
    cuda.fillInts(target, value, 1, handle);
  }

  /** Waits for all that was queued. */
  public void synchronize() {
    cuda.synchronize(handle);
  }

  /**
   * Records what an action queues.
   *
   * @return the record; nothing of it has run
   */
  public Graph record(Runnable action) {
    cuda.beginCapture(handle, CAPTURE_RELAXED);
    recording = true;
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      recording = false;
      abandon(e);
      throw e;
    }
    recording = false;
    long graph = cuda.endCapture(handle);
    try {
      return new Graph(this, cuda.instantiate(graph));
    } finally {
      cuda.destroyGraph(graph);
    }
  }

  /** Ends a record that failed; that the driver gives it up, too, is only more of the same. */
  private void abandon(Throwable failure) {
    try {
      cuda.destroyGraph(cuda.endCapture(handle));
    } catch (DeviceException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    cuda.destroyStream(handle);
  }
}
