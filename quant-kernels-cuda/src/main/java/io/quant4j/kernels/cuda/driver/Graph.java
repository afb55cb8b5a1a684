package io.quant4j.kernels.cuda.driver;

/** A record of launches that runs as one. */
public final class Graph implements AutoCloseable {
  private final Stream stream;
  private final long executable;

  Graph(Stream stream, long executable) {
    this.stream = stream;
    this.executable = executable;
  }

  /** Queues the record. */
  public void launch() {
    stream.cuda().launchGraph(executable, stream.handle());
  }

  /** Frees the record; one that is queued still runs. */
  @Override
  public void close() {
    stream.cuda().destroyExecutable(executable);
  }
}
