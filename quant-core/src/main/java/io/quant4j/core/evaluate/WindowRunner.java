package io.quant4j.core.evaluate;

import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.Progress;
import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.InvalidRequestException;
import java.time.Duration;
import java.util.List;

/**
 * Runs models over a text by llama.cpp's procedure: the text is cut into windows of n tokens, the
 * first token of each replaced by the begin token; predictions of positions n/2 .. n-2 count.
 * Several models go through a window in step, so that their predictions can be compared without
 * being kept.
 */
final class WindowRunner {
  private final String phase;
  private final Tokenizer tokenizer;
  private final int vocabulary;
  private final List<Subject> subjects;
  private final int batch;

  /**
   * @param phase of the work, for progress and cancellation
   * @param subjects models of this tokenizer and vocabulary
   */
  WindowRunner(String phase, Tokenizer tokenizer, int vocabulary, List<Subject> subjects) {
    this.phase = phase;
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
    this.subjects = List.copyOf(subjects);
    int common = subjects.stream().mapToInt(subject -> subject.state().maxBatch()).min().orElse(1);
    batch = Math.min(common, Likelihoods.rowsAtOnce(vocabulary));
  }

  /**
   * Runs over a text.
   *
   * @return number of windows
   * @throws InvalidRequestException if the text is shorter than two windows
   */
  int run(String text, PerplexityOptions options, Predictions predictions) {
    long begin = System.nanoTime();
    int window = options.context();
    TextWindows windows = TextWindows.of(tokenizer, text, window, 0, false);
    int chunks = Math.min(windows.count(), options.chunks().orElse(Integer.MAX_VALUE));
    for (int chunk = 0; chunk < chunks; chunk++) {
      options.cancellation().throwIfCancelled(phase);
      runWindow(windows.input(chunk), predictions);
      options
          .listener()
          .progressed(
              new Progress(
                  phase,
                  "chunk %d of %d, so far %s".formatted(chunk + 1, chunks, predictions.soFar()),
                  (chunk + 1L) * window,
                  (long) chunks * window,
                  Duration.ofNanos(System.nanoTime() - begin)));
    }
    return chunks;
  }

  private void runWindow(int[] input, Predictions predictions) {
    int window = input.length;
    subjects.forEach(subject -> subject.state().truncate(0));
    int first = window / 2;
    float[][] logits = new float[subjects.size()][Math.min(batch, window) * vocabulary];
    for (int at = 0; at < window - 1; ) {
      boolean counts = at >= first;
      int count = Math.min(batch, (counts ? window - 1 : first) - at);
      int rows = counts ? count : 0;
      for (int i = 0; i < logits.length; i++) {
        subjects.get(i).scorer().score(input, at, count, rows, logits[i]);
      }
      for (int row = 0; row < rows; row++) {
        predictions.add(logits, row * vocabulary, input[at + row + 1]);
      }
      at += count;
    }
  }
}
