package io.quant4j.core.algorithm.optimal;

import io.quant4j.api.spi.BlockFormat;
import org.jspecify.annotations.Nullable;

/**
 * How much the squared error of each element counts: importance * sqrt(2 * mean of x^2 + x^2), the
 * mean over the block if it is a large one and over the row otherwise. The importance of a column
 * is the mean square of what its elements are multiplied with, so that alone would measure the
 * error of a product whose terms are independent. But codes of least squares are a little too small
 * on average, and such errors add up along a row and through the layers; giving large elements more
 * weight, as upstream does, works against that.
 */
final class ErrorWeighting {
  private static final int SMALL_BLOCK = 32;
  private static final float MEANS = 2;

  private ErrorWeighting() {}

  /** Weights of a row: (cols). */
  static float[] of(
      BlockFormat format, float[] row, int rowOffset, int cols, float @Nullable [] importance) {
    float[] weights = new float[cols];
    int part = format.blockElements() > SMALL_BLOCK ? format.blockElements() : Math.max(1, cols);
    for (int from = 0; from < cols; from += part) {
      float base = MEANS * meanSquare(row, rowOffset + from, part);
      for (int i = from; i < from + part; i++) {
        float x = row[rowOffset + i];
        float weight = (float) Math.sqrt(base + x * x);
        weights[i] = importance == null ? weight : importance[i] * weight;
      }
    }
    return weights;
  }

  /** Of the finite elements: what is not finite is not searched, and must not spoil the rest. */
  private static float meanSquare(float[] x, int from, int count) {
    float sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += Float.isFinite(x[i]) ? x[i] * x[i] : 0;
    }
    return sum / count;
  }
}
