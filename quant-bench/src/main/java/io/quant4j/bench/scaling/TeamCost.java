package io.quant4j.bench.scaling;

import io.quant4j.core.kernel.ThreadTeam;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What it costs to call a team of threads for an operation and to wait for them.
 *
 * @param ofTwo seconds that an operation of a team of two takes beyond its work
 * @param handOver seconds that a cache line takes from one core to another
 */
record TeamCost(double ofTwo, double handOver) {
  private static final int OPERATIONS = 10_000;
  private static final int WARM_UP_PASSES = 3;

  /** About what a thread does of an operation in a model of a billion weights. */
  private static final long WORK_NANOS = 20_000;

  private static final int ROUND_TRIPS = 200_000;
  private static final int PASSES = 7;

  /**
   * Cores pass a line on this often for every further thread: the caller writes each thread's part,
   * every thread looks at all parts, and all take their chunks off one counter.
   */
  private static final int LINES_OF_A_THREAD = 3;

  static TeamCost measure() {
    return new TeamCost(beyondWork(2), handOverSeconds());
  }

  /** Seconds of an operation in a team of this many threads, which each have a core. */
  double seconds(int threads) {
    return threads == 1 ? 0 : ofTwo + LINES_OF_A_THREAD * (threads - 2) * handOver;
  }

  /**
   * Seconds of an operation that has an empty chunk for every thread: whoever is first does them
   * all, so this is less than it costs to meet.
   */
  static double withoutWork(int threads) {
    return ofOperations(threads, 0);
  }

  /**
   * Seconds that an operation takes beyond its work, of which every thread has a chunk of {@link
   * #WORK_NANOS}; to be compared only where every thread has a core.
   */
  static double beyondWork(int threads) {
    return ofOperations(threads, WORK_NANOS) - WORK_NANOS / 1e9;
  }

  /** The median of operations that follow each other, so that threads look out for the next. */
  private static double ofOperations(int threads, long chunkNanos) {
    double[] seconds = new double[OPERATIONS];
    try (ThreadTeam team = new ThreadTeam(threads)) {
      for (int pass = 0; pass < WARM_UP_PASSES; pass++) {
        for (int i = 0; i < OPERATIONS; i++) {
          long begin = System.nanoTime();
          team.run(threads, (chunk, thread) -> work(chunkNanos));
          seconds[i] = (System.nanoTime() - begin) / 1e9;
        }
      }
    }
    return median(seconds);
  }

  private static void work(long nanos) {
    if (nanos > 0) {
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < nanos) {
        Thread.onSpinWait();
      }
    }
  }

  /** Half a round trip of a counter between two threads. */
  private static double handOverSeconds() {
    double[] passes = new double[PASSES];
    for (int pass = 0; pass < PASSES; pass++) {
      AtomicInteger turn = new AtomicInteger();
      Thread other = Thread.ofPlatform().start(() -> take(turn, 1));
      long begin = System.nanoTime();
      take(turn, 0);
      passes[pass] = (System.nanoTime() - begin) / 1e9 / (2 * ROUND_TRIPS);
      try {
        other.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException("the measurement did not end", e);
      }
    }
    return median(passes);
  }

  private static void take(AtomicInteger turn, int parity) {
    for (int i = 0; i < ROUND_TRIPS; i++) {
      while (turn.get() % 2 != parity) {
        Thread.onSpinWait();
      }
      turn.incrementAndGet();
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
