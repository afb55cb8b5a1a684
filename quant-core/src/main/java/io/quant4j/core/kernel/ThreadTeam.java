package io.quant4j.core.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads that run one task at a time together with the caller. Between tasks a
 * worker spins for some microseconds, since the next operation of a forward pass follows at once,
 * then parks: a library must not burn the cores of its host.
 *
 * <p>Thread-safe: tasks of several callers run one after another, in order of arrival.
 */
public final class ThreadTeam implements AutoCloseable {

  /** Work split over the team. */
  @FunctionalInterface
  public interface Task {

    /**
     * Does the share of one worker.
     *
     * @param worker 0 to {@code workers - 1}
     */
    void run(int worker, int workers);
  }

  private static final int SPINS = 2_000;
  private static final AtomicInteger TEAMS = new AtomicInteger();

  private final int size;
  private final List<Thread> threads = new ArrayList<>();
  private final ReentrantLock oneTaskAtATime = new ReentrantLock(true);
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile int epoch;
  private volatile boolean closed;
  private @Nullable Task task;
  private volatile @Nullable Thread caller;

  /**
   * Starts the workers.
   *
   * @param size threads that compute, the caller's included; at least 1
   */
  public ThreadTeam(int size) {
    this.size = size;
    int team = TEAMS.incrementAndGet();
    for (int worker = 1; worker < size; worker++) {
      int number = worker;
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .name("quant4j-" + team + "-" + worker)
              .start(() -> work(number)));
    }
  }

  /** Threads that compute, the caller's included. */
  public int size() {
    return size;
  }

  /**
   * Runs a task on all threads and waits for it.
   *
   * @throws RuntimeException the first failure of a worker, as it was thrown
   */
  public void run(Task work) {
    if (size == 1) {
      work.run(0, 1);
      return;
    }
    oneTaskAtATime.lock();
    try {
      task = work;
      failure.set(null);
      caller = Thread.currentThread();
      unfinished.set(size - 1);
      epoch++; // publishes the task; only the lock's holder writes it
      for (Thread thread : threads) {
        LockSupport.unpark(thread);
      }
      guarded(work, 0);
      awaitWorkers();
      task = null;
      rethrow(failure.get());
    } finally {
      caller = null;
      oneTaskAtATime.unlock();
    }
  }

  private void awaitWorkers() {
    for (int spin = 0; unfinished.get() != 0; spin++) {
      if (spin < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
      }
    }
  }

  private void work(int worker) {
    int seen = 0;
    while (true) {
      for (int spin = 0; epoch == seen && !closed; spin++) {
        if (spin < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
        }
      }
      if (closed) {
        return;
      }
      seen = epoch;
      Task current = task;
      Thread waiting = caller;
      if (current != null) {
        guarded(current, worker);
      }
      if (unfinished.decrementAndGet() == 0) {
        LockSupport.unpark(waiting);
      }
    }
  }

  private void guarded(Task current, int worker) {
    try {
      current.run(worker, size);
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  private static void rethrow(@Nullable Throwable thrown) {
    switch (thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError("a task throws no checked exception", thrown);
    }
  }

  /**
   * First of the units {@code 0 .. count - 1} that belong to a worker; its last is before the next
   * worker's first.
   */
  public static int begin(int count, int granule, int worker, int workers) {
    long granules = (count + (long) granule - 1) / granule;
    return (int) Math.min(count, granules * worker / workers * granule);
  }

  /** Ends the workers once no task runs. Idempotent. */
  @Override
  public void close() {
    oneTaskAtATime.lock();
    try {
      closed = true;
      threads.forEach(LockSupport::unpark);
    } finally {
      oneTaskAtATime.unlock();
    }
  }
}
