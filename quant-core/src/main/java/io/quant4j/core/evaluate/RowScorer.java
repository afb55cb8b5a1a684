package io.quant4j.core.evaluate;

/** Appends tokens to a sequence and hands out logits of the last of them. */
@FunctionalInterface
public interface RowScorer {

  /**
   * @param tokens ids; {@code count} of them from {@code from} are appended, at most the state's
   *     batch
   * @param logits receives (logitRows, vocab)
   */
  void score(int[] tokens, int from, int count, int logitRows, float[] logits);
}
