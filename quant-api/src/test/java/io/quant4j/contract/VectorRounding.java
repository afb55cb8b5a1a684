package io.quant4j.contract;

import java.util.function.DoubleUnaryOperator;

/**
 * How a kernel rounds the vectors that it multiplies: every element to a whole number of steps, of
 * which each group of elements has its own.
 *
 * @param group elements next to each other that have one step
 * @param step of a group by the magnitude of its largest element
 */
public record VectorRounding(int group, DoubleUnaryOperator step) {

  /** Roundings of a step and of its inverse, relative to an element. */
  private static final double LAST_BITS = 4 * KernelBudget.ROUNDING;

  /**
   * Absolute error of a product, beside that of adding up: every element is off by at most half a
   * step. Errors may all have the signs of the weights, so nothing is taken off for chance.
   *
   * @param vector where its elements begin in {@code x}
   * @param row where its weights begin in {@code weights}
   */
  double error(float[] x, int vector, float[] weights, int row, int cols) {
    double error = 0;
    for (int begin = 0; begin < cols; begin += group) {
      double largest = 0;
      double sum = 0;
      for (int i = begin; i < Math.min(cols, begin + group); i++) {
        double element = Math.abs(x[vector + i]);
        double weight = Math.abs(weights[row + i]);
        largest = Math.max(largest, element);
        sum += weight;
        error += LAST_BITS * element * weight;
      }
      error += step.applyAsDouble(largest) / 2 * sum;
    }
    return error;
  }
}
