package io.quant4j.core.evaluate;

import io.quant4j.api.Perplexity;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.Progress;
import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.DecoderState;
import java.time.Duration;

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

  /** Most rows of logits to ask for at once. */
  public static int logitRows(DecoderState state, int vocabulary) {
    return Math.max(1, Math.min(state.maxBatch(), MAX_LOGITS / vocabulary));
  }

  /**
   * Measures a text.
   *
   * @throws InvalidRequestException if it is shorter than two windows
   */
  public Perplexity measure(String text, PerplexityOptions options) {
    long begin = System.nanoTime();
    int window = options.context();
    TextWindows windows = TextWindows.of(tokenizer, text, window, 0, false);
    int chunks = Math.min(windows.count(), options.chunks().orElse(Integer.MAX_VALUE));
    Likelihoods likelihoods = new Likelihoods(vocabulary);
    for (int chunk = 0; chunk < chunks; chunk++) {
      options.cancellation().throwIfCancelled("perplexity");
      measureWindow(windows.input(chunk), likelihoods);
      options
          .listener()
          .progressed(
              new Progress(
                  "perplexity",
                  "chunk %d of %d, so far %.4f"
                      .formatted(chunk + 1, chunks, likelihoods.perplexity()),
                  (chunk + 1L) * window,
                  (long) chunks * window,
                  Duration.ofNanos(System.nanoTime() - begin)));
    }
    return new Perplexity(
        likelihoods.perplexity(), likelihoods.uncertainty(), likelihoods.count(), chunks);
  }

  private void measureWindow(int[] input, Likelihoods likelihoods) {
    state.truncate(0);
    int window = input.length;
    int first = window / 2;
    int batch = logitRows(state, vocabulary);
    float[] logits = new float[Math.min(batch, window) * vocabulary];
    for (int at = 0; at < window - 1; ) {
      boolean counts = at >= first;
      int count = Math.min(batch, (counts ? window - 1 : first) - at);
      scorer.score(input, at, count, counts ? count : 0, logits);
      for (int row = 0; counts && row < count; row++) {
        likelihoods.add(logits, row, input[at + row + 1]);
      }
      at += count;
    }
  }
}
