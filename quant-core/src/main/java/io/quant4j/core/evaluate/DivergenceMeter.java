package io.quant4j.core.evaluate;

import io.quant4j.api.Divergence;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.InvalidRequestException;
import java.util.List;

/** Compares two models over a text by the procedure of {@link WindowRunner}. */
public final class DivergenceMeter {
  private final int vocabulary;
  private final WindowRunner runner;

  /**
   * A meter of two models that {@link SameTokens} has checked.
   *
   * @param tokenizer of the base model
   */
  public DivergenceMeter(Tokenizer tokenizer, int vocabulary, Subject base, Subject quantized) {
    this.vocabulary = vocabulary;
    this.runner = new WindowRunner("comparison", tokenizer, vocabulary, List.of(base, quantized));
  }

  /**
   * Compares the predictions of a text.
   *
   * @throws InvalidRequestException if it is shorter than two windows
   */
  public Divergence measure(String text, PerplexityOptions options) {
    DivergenceStatistics statistics = new DivergenceStatistics(vocabulary);
    return statistics.result(runner.run(text, options, statistics));
  }
}
