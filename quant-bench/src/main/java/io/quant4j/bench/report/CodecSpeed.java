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
  private static final long WARM_UP_NANOS = 300_000_000;
  private static final long RUN_NANOS = 80_000_000;
  private static final int RUNS = 3;

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

  private static double speed(Runnable oneRow) {
    rowsPerNano(oneRow, WARM_UP_NANOS);
    double best = 0;
    for (int i = 0; i < RUNS; i++) {
      best = Math.max(best, rowsPerNano(oneRow, RUN_NANOS));
    }
    return best * COLS * 1000;
  }

  private static double rowsPerNano(Runnable oneRow, long least) {
    long begin = System.nanoTime();
    long rows = 0;
    long elapsed;
    do {
      for (int i = 0; i < 8; i++) {
        oneRow.run();
      }
      rows += 8;
      elapsed = System.nanoTime() - begin;
    } while (elapsed < least);
    return (double) rows / elapsed;
  }
}
