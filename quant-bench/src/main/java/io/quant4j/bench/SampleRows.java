package io.quant4j.bench;

import io.quant4j.api.spi.BlockFormat;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Normally distributed numbers of a fixed seed, as floats and as stored rows. */
final class SampleRows {
  private static final long SEED = 1;

  private SampleRows() {}

  /** Numbers with a standard deviation of 0.02, that of weights. */
  static float[] floats(int count) {
    RandomGenerator random = new SplittableRandom(SEED);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (0.02 * random.nextGaussian());
    }
    return values;
  }

  /** Importance of {@code cols} columns, all alike, for a format that cannot do without it. */
  static float @Nullable [] importance(BlockFormat format, int cols) {
    if (!format.requiresImportance()) {
      return null;
    }
    float[] importance = new float[cols];
    Arrays.fill(importance, 1);
    return importance;
  }

  /**
   * Fills memory with copies of one stored row: kernels take the same time for any weights, and
   * encoding whole matrices would take longer than measuring.
   *
   * @param cols elements of the row
   * @param target a multiple of the row's bytes
   */
  static void fill(BlockFormat format, int cols, MemorySegment target) {
    long rowBytes = format.byteSize(cols);
    format.encode(floats(cols), 0, cols, importance(format, cols), target, 0);
    for (long at = rowBytes; at < target.byteSize(); at += rowBytes) {
      MemorySegment.copy(target, 0, target, at, rowBytes);
    }
  }
}
