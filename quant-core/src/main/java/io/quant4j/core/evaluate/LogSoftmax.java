package io.quant4j.core.evaluate;

/** Logarithms of probabilities from logits. */
final class LogSoftmax {
  private LogSoftmax() {}

  /** ln of the sum of e to the power of all {@code count} logits from {@code row}. */
  static double normalizer(float[] logits, int row, int count) {
    double max = logits[row + best(logits, row, count)];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp(logits[row + i] - max);
    }
    return Math.log(sum) + max;
  }

  /** Index of the first of the largest logits. */
  static int best(float[] logits, int row, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      if (logits[row + i] > logits[row + best]) {
        best = i;
      }
    }
    return best;
  }
}
