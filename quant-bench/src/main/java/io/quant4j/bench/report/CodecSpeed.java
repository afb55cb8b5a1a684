package io.quant4j.bench.report;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.RowEncoder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * Speed of encoding and decoding with one thread, in caches, as the best of several short runs.
 * Good to some ten percent; {@code CodecBenchmark} measures better and much longer.
 */
final class CodecSpeed {
  private static final int COLS = 4096;
  private static final long SEED = 1;
  private static final long RUN_NANOS = 60_000_000;
  private static final int MOST_RUNS = 40;
  private static final int SETTLED_RUNS = 10;
  private static final double RISE = 1.02;

  private final float[] row = new float[COLS];
  private final float[] decoded = new float[COLS];
  private final float[] importance = new float[COLS];

  CodecSpeed() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < COLS; i++) {
      row[i] = (float) (0.02 * random.nextGaussian());
    }
    Arrays.fill(importance, 1);
  }

  /** Million elements that are encoded per second; empty if the kernels do not offer it. */
  OptionalDouble encoding(HostKernels kernels, BlockFormat format) {
    RowEncoder encoder = kernels.encoder(format.id()).orElse(null);
    if (encoder == null) {
      return OptionalDouble.empty();
    }
    float[] weights = format.requiresImportance() ? importance : null;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stored = arena.allocate(format.byteSize(COLS), 64);
      return OptionalDouble.of(speed(() -> encoder.encode(row, 0, COLS, weights, stored, 0)));
    }
  }

  /** Million elements that are decoded per second; empty if the kernels do not offer it. */
  OptionalDouble decoding(HostKernels kernels, BlockFormat format) {
    RowDecoder decoder = kernels.decoder(format.id()).orElse(null);
    if (decoder == null) {
      return OptionalDouble.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stored = arena.allocate(format.byteSize(COLS), 64);
      format.encode(row, 0, COLS, importance, stored, 0);
      return OptionalDouble.of(speed(() -> decoder.decode(stored, 0, decoded, 0, COLS)));
    }
  }

  /** Runs until the compiler is done: the speed has not risen for some time. */
  private static double speed(Runnable oneRow) {
    double best = 0;
    int sinceBest = 0;
    for (int run = 0; run < MOST_RUNS && sinceBest < SETTLED_RUNS; run++) {
      double speed = rowsPerNano(oneRow);
      sinceBest = speed > RISE * best ? 0 : sinceBest + 1;
      best = Math.max(best, speed);
    }
    return best * COLS * 1000;
  }

  private static double rowsPerNano(Runnable oneRow) {
    long begin = System.nanoTime();
    long rows = 0;
    long elapsed;
    do {
      for (int i = 0; i < 8; i++) {
        oneRow.run();
      }
      rows += 8;
      elapsed = System.nanoTime() - begin;
    } while (elapsed < RUN_NANOS);
    return (double) rows / elapsed;
  }
}
