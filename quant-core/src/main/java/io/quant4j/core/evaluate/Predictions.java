package io.quant4j.core.evaluate;

/** Takes the predictions that count, in order. */
interface Predictions {

  /**
   * One prediction of every model.
   *
   * @param logits by model; to be read before returning
   * @param row where the prediction begins in each; one logit per token of the vocabulary
   * @param target the token that did follow
   */
  void add(float[][] logits, int row, int target);

  /** The result so far, in words. */
  String soFar();
}
