package io.quant4j.core.sample;

/**
 * Makes recent tokens less likely (Keskar et al. 2019): positive logits are divided by the penalty,
 * others multiplied.
 */
final class RepeatPenalty {
  private RepeatPenalty() {}

  /**
   * @param logits (vocab), left as they are
   * @param lastN how many of the latest tokens count; each counts once
   * @param penalized receives the logits to choose from
   */
  static void apply(
      float[] logits, TokenHistory history, int lastN, float penalty, float[] penalized) {
    System.arraycopy(logits, 0, penalized, 0, logits.length);
    history
        .last(lastN)
        .forEach(token -> {
          float logit = logits[token];
          penalized[token] = logit > 0 ? logit / penalty : logit * penalty;
        });
  }
}
