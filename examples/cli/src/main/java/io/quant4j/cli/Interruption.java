package io.quant4j.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ends the work in progress in good order when the process is told to stop (Ctrl-C, SIGTERM). The
 * virtual machine runs {@link #interrupt} as its shutdown hook and halts when that returns, so it
 * waits for the command to clean up.
 */
final class Interruption {
  private static final long PATIENCE_SECONDS = 20;

  private final AtomicReference<@Nullable Runnable> cancel = new AtomicReference<>();
  private final CountDownLatch finished = new CountDownLatch(1);

  /** Stretch of work that can be stopped; closing it ends the stretch. */
  interface Stretch extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Begins work that can be stopped.
   *
   * @param action asks the work to stop and returns at once; called from another thread
   */
  Stretch during(Runnable action) {
    cancel.set(action);
    return () -> cancel.compareAndSet(action, null);
  }

  /** Stops the work in progress, if any, and waits until the command has {@link #finished}. */
  void interrupt() {
    @Nullable Runnable action = cancel.get();
    if (action == null) {
      return;
    }
    action.run();
    try {
      finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The command is over and has printed what it had to say. */
  void finished() {
    finished.countDown();
  }
}
