package io.quant4j.core.format;

/** Weights of squared errors that encoders derive from importance. */
public final class ErrorWeights {
  private ErrorWeights() {}

  /**
   * {@code factor} times the mean square of {@code count} elements; those that are not finite count
   * as 0.
   */
  public static float meanSquare(float[] x, int from, int count, int factor) {
    float sum = 0;
    for (int i = from; i < from + count; i++) {
      if (Float.isFinite(x[i])) {
        sum += x[i] * x[i];
      }
    }
    return factor * sum / count;
  }

  /**
   * {@code weights[i] = importance[i] * sqrt(base + x[i]^2)}: large elements matter more than the
   * importance of their column says, small ones not less than {@code base} says.
   *
   * @param column index of the first element's importance
   * @param weights filled from 0 to its end
   * @return their sum
   */
  public static float fill(
      float[] x, int from, float[] importance, int column, float base, float[] weights) {
    float sum = 0;
    for (int i = 0; i < weights.length; i++) {
      float value = x[from + i];
      weights[i] = importance[column + i] * (float) Math.sqrt(base + value * value);
      sum += weights[i];
    }
    return sum;
  }
}
