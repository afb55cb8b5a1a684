package io.quant4j.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How fast memory can be read. Every generated token reads all weights once, so bandwidth divided
 * by file size bounds tokens per second.
 *
 * @param threads threads that read at the same time
 * @param bytesPerSecond of all of them together
 */
record ReadBandwidth(int threads, double bytesPerSecond) {
  private static final long LEAST_BYTES = 512L << 20;
  private static final long BYTES_PER_THREAD = 16L << 20;
  private static final int CHUNK = 1 << 20;
  private static final int PASSES = 6;

  /**
   * Reads a buffer larger than usual caches several times and takes the best pass.
   *
   * @param availableMemory bytes that may be used; an eighth of them is at most
   * @return for one thread and, if there are more, for all
   */
  static List<ReadBandwidth> measure(int threads, long availableMemory) {
    long wanted = Math.max(LEAST_BYTES, BYTES_PER_THREAD * threads);
    long chunks = Math.max(1, Math.min(wanted, availableMemory / 8) / CHUNK / threads);
    try (Arena arena = Arena.ofShared();
        ExecutorService readers = Executors.newFixedThreadPool(threads)) {
      MemorySegment buffer = arena.allocate(chunks * threads * CHUNK, Long.BYTES).fill((byte) 1);
      ReadBandwidth one = best(readers, buffer, 1);
      return threads == 1 ? List.of(one) : List.of(one, best(readers, buffer, threads));
    }
  }

  private static ReadBandwidth best(ExecutorService readers, MemorySegment buffer, int threads) {
    long best = Long.MAX_VALUE;
    for (int pass = 0; pass < PASSES; pass++) {
      long begin = System.nanoTime();
      readAll(readers, buffer, threads);
      best = Math.min(best, System.nanoTime() - begin);
    }
    return new ReadBandwidth(threads, buffer.byteSize() * 1e9 / best);
  }

  private static void readAll(ExecutorService readers, MemorySegment buffer, int threads) {
    long share = buffer.byteSize() / threads;
    List<Future<Long>> sums = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      MemorySegment part = buffer.asSlice(i * share, share);
      sums.add(readers.submit(() -> sum(part)));
    }
    long expected = buffer.byteSize() / Long.BYTES * 0x0101010101010101L;
    if (sums.stream().mapToLong(ReadBandwidth::result).sum() != expected) {
      throw new IllegalStateException("memory did not read back as it was written");
    }
  }

  private static long result(Future<Long> sum) {
    try {
      return sum.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("the measurement was interrupted", e);
    }
  }

  private static long sum(MemorySegment part) {
    long sum = 0;
    for (long at = 0; at < part.byteSize(); at += CHUNK) {
      sum += sumOfChunk(part.asSlice(at, CHUNK));
    }
    return sum;
  }

  /** A loop that the compiler turns into vector additions. */
  private static long sumOfChunk(MemorySegment chunk) {
    long sum = 0;
    for (int i = 0; i < CHUNK / Long.BYTES; i++) {
      sum += chunk.getAtIndex(ValueLayout.JAVA_LONG, i);
    }
    return sum;
  }
}
