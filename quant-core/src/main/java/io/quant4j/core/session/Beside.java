package io.quant4j.core.session;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Work that a thread of its own does beside the caller's. Nobody needs to wait for it: the thread
 * keeps no JVM running.
 */
final class Beside<T> {
  private final FutureTask<T> task;

  private Beside(FutureTask<T> task) {
    this.task = task;
  }

  /** Begins. */
  static <T> Beside<T> start(String name, Supplier<T> work) {
    FutureTask<T> task = new FutureTask<>(work::get);
    Thread.ofPlatform().daemon().name(name).start(task);
    return new Beside<>(task);
  }

  /**
   * Waits for the result. An interrupt is not lost, but does not end the wait.
   *
   * @throws RuntimeException what the work threw
   */
  T join() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw thrown(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException thrown(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException runtime -> runtime;
      case Error error -> throw error;
      case null, default -> throw new AssertionError("the work throws no checked exception", e);
    };
  }
}
