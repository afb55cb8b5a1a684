package io.quant4j.core.quantize;

import io.quant4j.api.Progress;
import io.quant4j.api.ProgressListener;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts what is done and tells a listener, one call at a time and about ten times a second.
 * Thread-safe.
 */
final class ProgressMeter {
  private static final long INTERVAL_NANOS = Duration.ofMillis(100).toNanos();

  private final String phase;
  private final ProgressListener listener;
  private final long total;
  private final long start = System.nanoTime();
  private final LongAdder done = new LongAdder();
  private final ReentrantLock telling = new ReentrantLock();

  /** Guarded by {@link #telling}; the first call is due at once. */
  private long lastNanos = start - INTERVAL_NANOS;

  ProgressMeter(String phase, long total, ProgressListener listener) {
    this.phase = phase;
    this.total = total;
    this.listener = listener;
  }

  /** Adds finished units and tells the listener if it is time and no other thread is doing so. */
  void add(String item, long units) {
    done.add(units);
    if (telling.tryLock()) {
      try {
        if (System.nanoTime() - lastNanos >= INTERVAL_NANOS) {
          tell(item, done.sum());
        }
      } finally {
        telling.unlock();
      }
    }
  }

  /** Tells that everything is done; called once no other thread works. */
  void finish(String item) {
    telling.lock();
    try {
      tell(item, total);
    } finally {
      telling.unlock();
    }
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private void tell(String item, long units) {
    listener.progressed(new Progress(phase, item, units, total, elapsed()));
    lastNanos = System.nanoTime();
  }
}
