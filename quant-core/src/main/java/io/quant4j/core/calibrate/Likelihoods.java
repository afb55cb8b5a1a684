package io.quant4j.core.calibrate;

/** Negative log-likelihoods of tokens under predicted logits: their mean and its error. */
final class Likelihoods {
  private final int vocabulary;
  private long count;
  private double sum;
  private double squares;

  /**
   * @param vocabulary logits of a row
   */
  Likelihoods(int vocabulary) {
    this.vocabulary = vocabulary;
  }

  /**
   * Counts one prediction.
   *
   * @param logits rows of {@code vocabulary}
   * @param row index of the row that predicts
   * @param target the token that came
   */
  void add(float[] logits, int row, int target) {
    int from = row * vocabulary;
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < vocabulary; i++) {
      max = Math.max(max, logits[from + i]);
    }
    double total = 0;
    for (int i = 0; i < vocabulary; i++) {
      total += Math.exp(logits[from + i] - max);
    }
    double nll = Math.log(total) + max - logits[from + target];
    count++;
    sum += nll;
    squares += nll * nll;
  }

  /** Predictions so far. */
  long count() {
    return count;
  }

  /** Perplexity: exp of the mean. */
  double perplexity() {
    return Math.exp(sum / count);
  }

  /** Standard error of {@link #perplexity}. */
  double uncertainty() {
    double mean = sum / count;
    double variance = Math.max(0, squares / count - mean * mean);
    return count < 2 ? 0 : perplexity() * Math.sqrt(variance / (count - 1));
  }
}
