package io.quant4j.core.algorithm.optimal;

import org.jspecify.annotations.Nullable;

/**
 * What a block costs as it will be decoded: its relative squared error, weighted as {@link
 * ErrorWeighting} says, and a multiple of the square of its gain error.
 *
 * <p>The gain of a block is the factor by which it enlarges, on average, what it is multiplied
 * with: 1 without error. Codes of least squares make it smaller than 1, by the relative squared
 * error itself. That is little in one matrix. But while other errors are as independent as dice and
 * their squares add up over the matrices of a model, gains below 1 all pull the same way: their sum
 * is squared. So the gain counts more, the more so the more matrices a model has.
 */
final class BlockLoss {
  /** How much a gain error counts: some matrices' worth. Above ten the number matters little. */
  private static final double GAIN_WEIGHT = 16;

  private final float[] row;
  private final int rowOffset;
  private final float[] weights;
  private final float @Nullable [] importance;

  /**
   * @param weights of the squared errors, by column
   * @param importance of the columns, ones if null
   */
  BlockLoss(float[] row, int rowOffset, float[] weights, float @Nullable [] importance) {
    this.row = row;
    this.rowOffset = rowOffset;
    this.weights = weights;
    this.importance = importance;
  }

  /**
   * A block as it is read back.
   *
   * @param loss NaN if the block holds NaN or infinity
   * @param gain 1 for zeros
   */
  record Measured(double loss, double gain) {}

  /**
   * Measures a block.
   *
   * @param column of the block's first element
   * @param decoded all its elements as they are read back
   */
  Measured measure(int column, float[] decoded) {
    double error = 0;
    double squares = 0;
    double products = 0;
    double energy = 0;
    for (int i = 0; i < decoded.length; i++) {
      double x = row[rowOffset + column + i];
      double difference = x - decoded[i];
      double weighted = weights[column + i] * x;
      double important = importance == null ? x : importance[column + i] * x;
      error += weights[column + i] * difference * difference;
      squares += weighted * x;
      products += important * decoded[i];
      energy += important * x;
    }
    double gain = energy == 0 ? 1 : products / energy;
    double relative = squares == 0 ? error : error / squares;
    return new Measured(relative + GAIN_WEIGHT * (1 - gain) * (1 - gain), gain);
  }
}
