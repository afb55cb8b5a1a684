package io.quant4j.core.quantize;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.OperationCancelledException;
import io.quant4j.core.kernel.ThreadTeam;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands numbers in order to a team of threads. After a failure no number is handed out any more,
 * and the failure of the lowest number is thrown: the same whatever the number of threads.
 */
final class ChunkQueue {
  private final int count;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

  private record Failure(int number, Throwable cause) {}

  private ChunkQueue(int count) {
    this.count = count;
  }

  /**
   * Handles all numbers and returns when no thread works on any.
   *
   * @param threads at most, the caller's included; at least 1
   * @param count the numbers are 0 to {@code count} - 1
   * @param workers asked once by each thread for what to call with each number
   * @throws OperationCancelledException if a working thread, the caller's that is, was interrupted;
   *     it then still is
   */
  static void handle(int threads, int count, Supplier<IntConsumer> workers) {
    ChunkQueue queue = new ChunkQueue(count);
    try (ThreadTeam team = new ThreadTeam(Math.clamp(count, 1, threads))) {
      team.run((worker, of) -> queue.work(workers));
    }
    queue.rethrow();
  }

  private void work(Supplier<IntConsumer> workers) {
    int number = -1;
    try {
      IntConsumer worker = workers.get();
      while (failure.get() == null && (number = next.getAndIncrement()) < count) {
        if (Thread.currentThread().isInterrupted()) {
          throw interrupted();
        }
        worker.accept(number);
      }
    } catch (RuntimeException | Error e) { // thrown again by the caller's thread
      fail(new Failure(number, e));
    }
  }

  private void rethrow() {
    Failure failed = failure.get();
    switch (failed == null ? null : failed.cause) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError("no checked exception is caught");
    }
  }

  private void fail(Failure failed) {
    Failure before = failure.get();
    while ((before == null || failed.number < before.number)
        && !failure.compareAndSet(before, failed)) {
      before = failure.get();
    }
  }

  private static OperationCancelledException interrupted() {
    return new OperationCancelledException(
        ErrorLocation.none(),
        "the calling thread was interrupted",
        "Nothing is left behind; start the operation again.");
  }
}
