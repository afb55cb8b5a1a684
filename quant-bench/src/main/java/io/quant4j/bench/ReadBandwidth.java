package io.quant4j.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** How fast plain Java reads 1 GiB of native memory: the bound of products with one vector. */
public final class ReadBandwidth {
  private static final long BYTES = 1L << 30;
  private static final int CHUNK = 1 << 20;
  private static final int PASSES = 8;

  private ReadBandwidth() {}

  /**
   * Bytes per second of this many threads together, in the best of several passes.
   *
   * @param threads each reads a part of its own, which it has also written first
   */
  public static double measure(int threads) {
    long share = BYTES / CHUNK / threads * CHUNK;
    try (Arena arena = Arena.ofShared();
        ExecutorService readers = Executors.newFixedThreadPool(threads)) {
      MemorySegment buffer = arena.allocate(share * threads, Long.BYTES);
      inParts(readers, threads, buffer, part -> part.fill((byte) 1).byteSize());
      long best = Long.MAX_VALUE;
      for (int pass = 0; pass < PASSES; pass++) {
        long begin = System.nanoTime();
        long sum = inParts(readers, threads, buffer, ReadBandwidth::sum);
        best = Math.min(best, System.nanoTime() - begin);
        if (sum != buffer.byteSize() / Long.BYTES * 0x0101010101010101L) {
          throw new IllegalStateException("memory did not read back as it was written");
        }
      }
      return buffer.byteSize() * 1e9 / best;
    }
  }

  @FunctionalInterface
  private interface Task {
    long run(MemorySegment part);
  }

  private static long inParts(
      ExecutorService readers, int threads, MemorySegment buffer, Task task) {
    long share = buffer.byteSize() / threads;
    List<Future<Long>> results = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      MemorySegment part = buffer.asSlice(i * share, share);
      results.add(readers.submit(() -> task.run(part)));
    }
    return results.stream().mapToLong(ReadBandwidth::result).sum();
  }

  private static long result(Future<Long> sum) {
    try {
      return sum.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("the measurement did not end", e);
    }
  }

  private static long sum(MemorySegment part) {
    long sum = 0;
    for (long at = 0; at < part.byteSize(); at += CHUNK) {
      sum += sumOfChunk(part.asSlice(at, CHUNK));
    }
    return sum;
  }

  /** A loop with an int counter, which the compiler turns into vector additions. */
  private static long sumOfChunk(MemorySegment chunk) {
    long sum = 0;
    for (int i = 0; i < CHUNK / Long.BYTES; i++) {
      sum += chunk.getAtIndex(ValueLayout.JAVA_LONG, i);
    }
    return sum;
  }
}
