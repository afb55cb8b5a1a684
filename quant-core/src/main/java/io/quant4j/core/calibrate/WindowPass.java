package io.quant4j.core.calibrate;

import io.quant4j.api.ImportanceOptions;
import io.quant4j.core.evaluate.Likelihoods;
import io.quant4j.core.evaluate.Subject;

/**
 * Runs all tokens of a window through the model. Logits are only asked for where they are needed:
 * of all tokens if the output matrix is observed, of the second half for perplexity.
 */
final class WindowPass {
  private final ImportanceOptions options;
  private final Subject model;
  private final int vocabulary;
  private final Likelihoods likelihoods;

  /**
   * @param likelihoods receives predictions of second halves, if perplexity is wanted
   */
  WindowPass(ImportanceOptions options, Subject model, int vocabulary, Likelihoods likelihoods) {
    this.options = options;
    this.model = model;
    this.vocabulary = vocabulary;
    this.likelihoods = likelihoods;
  }

  void run(int[] input) {
    model.state().truncate(0);
    int window = input.length;
    int first = options.perplexity() ? window / 2 : window;
    int most = Math.min(model.state().maxBatch(), Likelihoods.rowsAtOnce(vocabulary));
    boolean logitsWanted = options.perplexity() || options.processOutput();
    float[] logits = new float[logitsWanted ? Math.min(most, window) * vocabulary : 0];
    for (int at = 0; at < window; ) {
      boolean predicts = at >= first;
      boolean needsLogits = predicts || options.processOutput();
      int batch = needsLogits ? most : model.state().maxBatch();
      int count = Math.min(batch, (predicts ? window : first) - at);
      model.scorer().score(input, at, count, needsLogits ? count : 0, logits);
      // The last token of a window predicts one that is not in it.
      for (int row = 0; predicts && row < count && at + row + 1 < window; row++) {
        likelihoods.add(logits, row * vocabulary, input[at + row + 1]);
      }
      at += count;
    }
  }
}
