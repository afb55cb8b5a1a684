package io.quant4j.core.evaluate;

import io.quant4j.api.Perplexity;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.Progress;
import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.DecoderState;
import java.time.Duration;
import java.util.Arrays;

/**
 * Perplexity by llama.cpp's procedure: the text is cut into windows of n tokens, the first token of
 * each replaced by the begin token; predictions of positions n/2 .. n-2 count.
 */
public final class PerplexityMeter {
  /** Logits held at once, so that a large vocabulary does not fill the heap. */
  private static final int MAX_LOGITS = 8 << 20;

  private final Tokenizer tokenizer;
  private final int vocabulary;
  private final DecoderState state;
  private final RowScorer scorer;

  /** A meter that empties and fills {@code state} through {@code scorer}. */
  public PerplexityMeter(
      Tokenizer tokenizer, int vocabulary, DecoderState state, RowScorer scorer) {
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
    this.state = state;
    this.scorer = scorer;
  }

  /**
   * Measures a text.
   *
   * @throws InvalidRequestException if it is shorter than two windows
   */
  public Perplexity measure(String text, PerplexityOptions options) {
    long begin = System.nanoTime();
    int window = options.context();
    int[] tokens = tokenizer.encode(text, true, false);
    if (tokens.length < 2 * window) {
      throw new InvalidRequestException(
          ErrorLocation.subject("text"),
          "the text has %d tokens, two windows need %d".formatted(tokens.length, 2 * window),
          "Give a longer text or a shorter context.");
    }
    int chunks = Math.min(tokens.length / window, options.chunks().orElse(Integer.MAX_VALUE));
    Statistics statistics = new Statistics();
    for (int chunk = 0; chunk < chunks; chunk++) {
      options.cancellation().throwIfCancelled("perplexity");
      measureWindow(tokens, chunk * window, window, statistics);
      options
          .listener()
          .progressed(
              new Progress(
                  "perplexity",
                  "chunk %d of %d, so far %.4f".formatted(chunk + 1, chunks, statistics.value()),
                  (chunk + 1L) * window,
                  (long) chunks * window,
                  Duration.ofNanos(System.nanoTime() - begin)));
    }
    return new Perplexity(statistics.value(), statistics.uncertainty(), statistics.count, chunks);
  }

  private void measureWindow(int[] tokens, int start, int window, Statistics statistics) {
    int[] input = Arrays.copyOfRange(tokens, start, start + window);
    TokenizerSpec spec = tokenizer.spec();
    if (spec.addBos()) {
      spec.special().bos().ifPresent(bos -> input[0] = bos);
    }
    state.truncate(0);
    int first = window / 2;
    int batch = Math.max(1, Math.min(state.maxBatch(), MAX_LOGITS / vocabulary));
    float[] logits = new float[Math.min(batch, window) * vocabulary];
    for (int at = 0; at < window - 1; ) {
      boolean counts = at >= first;
      int count = Math.min(batch, (counts ? window - 1 : first) - at);
      scorer.score(input, at, count, counts ? count : 0, logits);
      if (counts) {
        for (int row = 0; row < count; row++) {
          statistics.add(
              negativeLogLikelihood(logits, row * vocabulary, tokens[start + at + row + 1]));
        }
      }
      at += count;
    }
  }

  private double negativeLogLikelihood(float[] logits, int row, int target) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < vocabulary; i++) {
      max = Math.max(max, logits[row + i]);
    }
    double sum = 0;
    for (int i = 0; i < vocabulary; i++) {
      sum += Math.exp(logits[row + i] - max);
    }
    return Math.log(sum) + max - logits[row + target];
  }

  /** Mean and standard error of the negative log-likelihoods. */
  private static final class Statistics {
    private long count;
    private double sum;
    private double squares;

    void add(double nll) {
      count++;
      sum += nll;
      squares += nll * nll;
    }

    double value() {
      return Math.exp(sum / count);
    }

    double uncertainty() {
      double mean = sum / count;
      double variance = Math.max(0, squares / count - mean * mean);
      return count < 2 ? 0 : value() * Math.sqrt(variance / (count - 1));
    }
  }
}
