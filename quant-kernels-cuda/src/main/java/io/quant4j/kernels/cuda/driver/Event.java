package io.quant4j.kernels.cuda.driver;

/** A moment in a stream. */
public final class Event implements AutoCloseable {
  private final Cuda cuda;
  private final Stream stream;
  private final long handle;

  Event(Cuda cuda, Stream stream, long handle) {
    this.cuda = cuda;
    this.stream = stream;
    this.handle = handle;
  }

  /** Moves it to where the stream is now. */
  public void record() {
    cuda.record(handle, stream.handle());
  }

  /** Waits until the device has come to it; at once if it was never recorded. */
  public void await() {
    cuda.await(handle);
  }

  /** Milliseconds on the device since another event; both have been waited for. */
  public float millisecondsSince(Event begin) {
    return cuda.milliseconds(begin.handle, handle);
  }

  @Override
  public void close() {
    cuda.destroyEvent(handle);
  }
}
