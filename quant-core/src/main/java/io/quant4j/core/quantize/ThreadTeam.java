package io.quant4j.core.quantize;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.OperationCancelledException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands numbered tasks in order to the calling thread and helpers of its own. After a failure no task is begun any more,
 * and the failure of the lowest number is thrown: the same whatever the number of threads.
 */
final class ThreadTeam {
  private final int tasks;
  private final Supplier<IntConsumer> workers;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

  private record Failure(int task, Throwable cause) {}

  private ThreadTeam(int tasks, Supplier<IntConsumer> workers) {
    this.tasks = tasks;
    this.workers = workers;
  }

  /**
   * Runs all tasks and returns when no thread works on any.
   *
   * @param name of the helper threads
   * @param threads the caller's included, at least 1
   * @param tasks they have the numbers 0 to {@code tasks} - 1
   * @param workers asked once by each thread, in that thread, for what to call with each number
   * @throws OperationCancelledException if the calling thread is interrupted; it then still is
   */
  static void run(String name, int threads, int tasks, Supplier<IntConsumer> workers) {
    ThreadTeam team = new ThreadTeam(tasks, workers);
    List<Thread> helpers = new ArrayList<>();
    try {
      for (int i = 1; i < Math.min(threads, tasks); i++) {
        helpers.add(Thread.ofPlatform().name(name + "-" + i).daemon().start(team::work));
      }
      team.work();
    } catch (Throwable t) { // no more threads to be had: let those that run end
      team.fail(-1, t);
    }
    team.join(helpers);
    team.rethrow();
  }

  private void work() {
    int task = -1;
    try {
      IntConsumer worker = workers.get();
      while (failure.get() == null && (task = next.getAndIncrement()) < tasks) {
        if (Thread.currentThread().isInterrupted()) {
          throw interrupted();
        }
        worker.accept(task);
      }
    } catch (Throwable t) { // reported by the calling thread
      fail(task, t);
    }
  }

  private void fail(int task, Throwable cause) {
    Failure mine = new Failure(task, cause);
    failure.accumulateAndGet(
        mine, (before, now) -> before != null && before.task <= mine.task ? before : now);
  }

  private void join(List<Thread> helpers) {
    boolean interrupted = false;
    for (Thread helper : helpers) {
      while (helper.isAlive()) {
        try {
          helper.join();
        } catch (InterruptedException e) {
          interrupted = true;
          fail(tasks, interrupted());
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void rethrow() {
    Failure failed = failure.get();
    if (failed == null) {
      return;
    }
    switch (failed.cause) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failed.cause); // workers declare no checked ones
    }
  }

  private static OperationCancelledException interrupted() {
    return new OperationCancelledException(
        ErrorLocation.none(),
        "the calling thread was interrupted",
        "Nothing is left behind; start the operation again.");
  }
}
