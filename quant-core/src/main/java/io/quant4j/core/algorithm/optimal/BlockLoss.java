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
   * Loss of a block; NaN if it holds NaN or infinity.
   *
   * @param column of the block's first element
   * @param decoded all its elements as they are read back
   */
  double of(int column, float[] decoded) {
    double error = 0;
    double squares = 0;
    for (int i = 0; i < decoded.length; i++) {
      double x = row[rowOffset + column + i];
      double difference = x - decoded[i];
      error += weights[column + i] * difference * difference;
      squares += weights[column + i] * x * x;
    }
    double gainError = 1 - gain(column, decoded);
    double relative = squares == 0 ? error : error / squares;
    return relative + GAIN_WEIGHT * gainError * gainError;
  }

  /** The gain of a block; 1 for zeros. */
  double gain(int column, float[] decoded) {
    double products = 0;
    double squares = 0;
    for (int i = 0; i < decoded.length; i++) {
      double x = row[rowOffset + column + i];
      double weight = importance == null ? 1 : importance[column + i];
      products += weight * x * decoded[i];
      squares += weight * x * x;
    }
    return squares == 0 ? 1 : products / squares;
  }
}
