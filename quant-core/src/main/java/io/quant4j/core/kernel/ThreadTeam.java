package io.quant4j.core.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads that run one task at a time together with the caller. A task is cut
 * into chunks. Each thread begins with its own part of them, the same ones every time, so that it
 * finds its rows near; then it helps the others. The caller waits for chunks, not for threads: one
 * that the system gives no core delays the chunk that it is in and nothing else, so that on a busy
 * machine the team gets slower by the cores that it does not get.
 *
 * <p>Between tasks a thread spins for some microseconds, since the next operation of a forward pass
 * follows at once, then parks: a library must not burn the cores of its host.
 *
 * <p>Thread-safe: tasks of several callers run one after another, in order of arrival. A team of
 * one has no threads, and its callers do not wait for each other.
 */
public final class ThreadTeam implements AutoCloseable {

  /** Work split over the team. */
  @FunctionalInterface
  public interface Task {

    /**
     * Does the share of one worker; every share is done by one thread, which may do several.
     *
     * @param worker 0 to {@code workers - 1}
     */
    void run(int worker, int workers);
  }

  /** Work cut into chunks. */
  @FunctionalInterface
  public interface Chunks {

    /**
     * Does one chunk.
     *
     * @param thread 0 to {@link #size()} - 1: no two threads of one task have the same, so it may
     *     choose scratch memory
     */
    void run(int chunk, int thread);
  }

  /** How long a thread looks out for work, or a caller for results, before it parks. */
  private static final long SPIN_NANOS = 30_000;

  /** Looks between two looks at the clock. */
  private static final int SPINS = 16;

  /** Longs between the words of two parts: two cache lines, since processors fetch pairs. */
  private static final int STRIDE = 16;

  private static final VarHandle PARTS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final AtomicInteger TEAMS = new AtomicInteger();

  private final int size;
  private final Worker[] workers;
  private final ReentrantLock oneTaskAtATime = new ReentrantLock(true);

  /** For every thread's part the next chunk (lower half) and the end (upper half). */
  private final long[] parts;

  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile int epoch;
  private volatile boolean closed;
  private volatile @Nullable Thread waiting;
  private @Nullable Chunks task;
  private long runs;

  /**
   * Starts the workers.
   *
   * @param size threads that compute, the caller's included; at least 1
   */
  public ThreadTeam(int size) {
    this.size = size;
    this.parts = new long[(size + 1) * STRIDE];
    int team = TEAMS.incrementAndGet();
    List<Worker> started = new ArrayList<>();
    for (int number = 1; number < size; number++) {
      started.add(new Worker(number, "quant4j-" + team + "-" + number));
    }
    workers = started.toArray(Worker[]::new);
    started.forEach(worker -> worker.thread.start());
  }

  /** Threads that compute, the caller's included. */
  public int size() {
    return size;
  }

  /** Tasks so far that the whole team had to be called for. */
  public long runs() {
    return runs;
  }

  /**
   * Runs a task with one share per thread and waits for it.
   *
   * @throws RuntimeException the first failure of a share, as it was thrown
   */
  public void run(Task work) {
    run(size, (chunk, thread) -> work.run(chunk, size));
  }

  /**
   * Runs all chunks of a task and waits for them.
   *
   * @throws RuntimeException the first failure of a chunk, as it was thrown
   */
  public void run(int chunks, Chunks work) {
    if (size == 1) {
      for (int chunk = 0; chunk < chunks; chunk++) {
        work.run(chunk, 0);
      }
      return;
    }
    oneTaskAtATime.lock();
    try {
      runs++;
      publish(chunks, work);
      help(0);
      awaitChunks();
      task = null;
      rethrow(failure.get());
    } finally {
      oneTaskAtATime.unlock();
    }
  }

  /** Runs tasks of the caller without those of others in between. */
  void exclusively(Runnable tasks) {
    if (size == 1) {
      tasks.run();
      return;
    }
    oneTaskAtATime.lock();
    try {
      tasks.run();
    } finally {
      oneTaskAtATime.unlock();
    }
  }

  /**
   * Whoever claims a chunk sees the task: it is written before the parts. A thread that comes late
   * from the task before finds either no chunk or a new one, and does that.
   */
  private void publish(int chunks, Chunks work) {
    task = work;
    failure.set(null);
    unfinished.set(chunks);
    for (int part = 0; part < size; part++) {
      long begin = (long) chunks * part / size;
      long end = (long) chunks * (part + 1) / size;
      PARTS.setRelease(parts, (part + 1) * STRIDE, end << 32 | begin);
    }
    epoch++; // only the lock's holder writes it
    for (Worker worker : workers) {
      if (worker.parked) {
        LockSupport.unpark(worker.thread);
      }
    }
  }

  /** Does chunks of all parts, the own ones first, until none is left. */
  private void help(int thread) {
    int done = 0;
    for (int i = 0; i < size; i++) {
      int part = thread + i < size ? thread + i : thread + i - size;
      for (int chunk = claim(part); chunk >= 0; chunk = claim(part)) {
        guarded(chunk, thread);
        done++;
      }
    }
    if (done > 0 && unfinished.addAndGet(-done) == 0) {
      LockSupport.unpark(waiting);
    }
  }

  /** The next chunk of a part, or -1. */
  private int claim(int part) {
    int at = (part + 1) * STRIDE;
    long seen = (long) PARTS.getVolatile(parts, at);
    if ((int) seen >= (int) (seen >>> 32)) {
      return -1;
    }
    long claimed = (long) PARTS.getAndAdd(parts, at, 1L);
    return (int) claimed < (int) (claimed >>> 32) ? (int) claimed : -1;
  }

  private void guarded(int chunk, int thread) {
    Chunks current = task;
    try {
      if (current != null) {
        current.run(chunk, thread);
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  private void awaitChunks() {
    long deadline = System.nanoTime() + SPIN_NANOS;
    while (unfinished.get() != 0) {
      if (spun(deadline)) {
        waiting = Thread.currentThread();
        while (unfinished.get() != 0) {
          LockSupport.park(this);
        }
        waiting = null;
      }
    }
  }

  /** Waits a little; true if the deadline has passed. */
  private static boolean spun(long deadline) {
    for (int spin = 0; spin < SPINS; spin++) {
      Thread.onSpinWait();
    }
    return System.nanoTime() - deadline > 0;
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
      for (Worker worker : workers) {
        LockSupport.unpark(worker.thread);
      }
    } finally {
      oneTaskAtATime.unlock();
    }
  }

  /** One of the team's own threads. */
  private final class Worker implements Runnable {
    private final int number;
    private final Thread thread;
    private volatile boolean parked;

    Worker(int number, String name) {
      this.number = number;
      this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
    }

    @Override
    public void run() {
      for (int seen = 0; !closed; seen = awaitTask(seen)) {
        help(number);
      }
    }

    /** Waits until there is another task than the one seen last. */
    private int awaitTask(int seen) {
      long deadline = System.nanoTime() + SPIN_NANOS;
      while (epoch == seen && !closed) {
        if (spun(deadline)) {
          parked = true;
          while (epoch == seen && !closed) {
            LockSupport.park(ThreadTeam.this);
          }
          parked = false;
        }
      }
      return epoch;
    }
  }
}
