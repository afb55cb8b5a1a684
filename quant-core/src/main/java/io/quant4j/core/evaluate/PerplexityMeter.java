package io.quant4j.core.evaluate;

import io.quant4j.api.Perplexity;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.InvalidRequestException;
import java.util.List;
import java.util.Locale;

/** Perplexity of a text by the procedure of {@link WindowRunner}. */
public final class PerplexityMeter {
  private final int vocabulary;
  private final WindowRunner runner;

  /** A meter of one model. */
  public PerplexityMeter(Tokenizer tokenizer, int vocabulary, Subject subject) {
    this.vocabulary = vocabulary;
    this.runner = new WindowRunner("perplexity", tokenizer, vocabulary, List.of(subject));
  }

  /**
   * Measures a text.
   *
   * @throws InvalidRequestException if it is shorter than two windows
   */
  public Perplexity measure(String text, PerplexityOptions options) {
    Losses losses = new Losses();
    int chunks = runner.run(text, options, losses);
    return perplexity(losses.likelihoods.losses(), chunks);
  }

  /** Perplexity from negative log-likelihoods. */
  static Perplexity perplexity(Moments losses, int chunks) {
    double value = Math.exp(losses.mean());
    return new Perplexity(value, value * losses.error(), losses.count(), chunks);
  }

  private final class Losses implements Predictions {
    private final Likelihoods likelihoods = new Likelihoods(vocabulary);

    @Override
    public void add(float[][] logits, int row, int target) {
      likelihoods.add(logits[0], row, target);
    }

    @Override
    public String soFar() {
      return String.format(Locale.ROOT, "%.4f", likelihoods.perplexity());
    }
  }
}
