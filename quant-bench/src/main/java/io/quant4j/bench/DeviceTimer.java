package io.quant4j.bench;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Pass;
import io.quant4j.api.spi.SequenceMemory;

/**
 * Times operations of a device: they are queued in a pass of their own, which a device records and
 * replays, so that neither Java nor launches count. Not thread-safe.
 */
final class DeviceTimer implements AutoCloseable {
  private static final int LEAST_PASSES = 2;

  /** A pass runs once as it comes, is recorded the second time, and replayed once. */
  private static final int WARM_UP = 3;

  private final Operations operations;
  private final SequenceMemory memory;
  private final Buffer read;
  private final long leastNanos;
  private int measured;

  /**
   * A timer.
   *
   * @param leastNanos how long is measured at least
   */
  DeviceTimer(Operations operations, long leastNanos) {
    this.operations = operations;
    this.leastNanos = leastNanos;
    this.memory = operations.newMemory();
    this.read = memory.allocate(1);
  }

  /**
   * Seconds of a pass, the least of several.
   *
   * @param position of the pass in its sequence
   * @param body queues operations, the same each time
   */
  double seconds(int position, Runnable body) {
    // records of a sequence are told apart by their rows of logits
    Pass pass = new Pass(new int[1], 0, 1, position, ++measured);
    nanos(pass, body, WARM_UP);
    int passes = LEAST_PASSES;
    long nanos = nanos(pass, body, passes);
    while (nanos < leastNanos) {
      passes *= 2;
      nanos = nanos(pass, body, passes);
    }
    return Math.min(nanos, nanos(pass, body, passes)) / 1e9 / passes;
  }

  private long nanos(Pass pass, Runnable body, int passes) {
    long begin = System.nanoTime();
    for (int i = 0; i < passes; i++) {
      operations.run(memory, pass, body);
    }
    operations.read(read, 0, new float[1], 0, 1);
    return System.nanoTime() - begin;
  }

  @Override
  public void close() {
    memory.close();
  }
}
