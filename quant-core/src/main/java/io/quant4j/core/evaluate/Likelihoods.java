package io.quant4j.core.evaluate;

/** Negative log-likelihoods of tokens under predicted logits. */
public final class Likelihoods {
  /** Logits held at once, so that a large vocabulary does not fill the heap. */
  private static final int MAX_LOGITS = 8 << 20;

  private final int vocabulary;
  private final Moments losses = new Moments();

  /**
   * @param vocabulary logits of a row
   */
  public Likelihoods(int vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Most rows of logits that should be held at once; at least 1. */
  public static int rowsAtOnce(int vocabulary) {
    return Math.max(1, MAX_LOGITS / vocabulary);
  }

  /**
   * Counts one prediction.
   *
   * @param row where its logits begin
   * @param target the token that came
   */
  public void add(float[] logits, int row, int target) {
    losses.add(LogSoftmax.normalizer(logits, row, vocabulary) - logits[row + target]);
  }

  /** Predictions so far. */
  public long count() {
    return losses.count();
  }

  /** Perplexity: exp of the mean. */
  public double perplexity() {
    return Math.exp(losses.mean());
  }

  Moments losses() {
    return losses;
  }
}
