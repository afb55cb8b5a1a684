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
   * @return the logits to choose from
   */
  static float[] apply(float[] logits, TokenHistory history, int lastN, float penalty) {
    if (penalty == 1f) {
      return logits;
    }
    float[] penalized = logits.clone();
    history
        .last(lastN)
        .distinct()
        .forEach(token -> {
          float logit = logits[token];
          penalized[token] = logit > 0 ? logit / penalty : logit * penalty;
        });
    return penalized;
  }
}
