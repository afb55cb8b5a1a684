package io.quant4j.api;

/**
 * How far the predictions of a quantized model are from those of the model that it was made of: the
 * figures of {@code llama-perplexity --kl-divergence}. All are taken over the same predictions, in
 * double precision from the logits of both models. Upstream stores the base model's logarithms of
 * probabilities in steps of 16 bits, cut off at 16 nats below the best; nothing is stored or cut
 * off here, so that a difference below some 1e-5 nats is one.
 *
 * @param base perplexity of the base model
 * @param quantized perplexity of the quantized model
 * @param correlation of the two models' negative log-likelihoods over all predictions, -1 to 1; 0
 *     where it is not defined
 * @param logRatio mean of ln(quantized perplexity / base perplexity)
 * @param ratio quantized perplexity / base perplexity
 * @param difference quantized perplexity - base perplexity
 * @param klDivergence Kullback-Leibler divergence of the quantized model's distribution from the
 *     base model's, in nats: sum of p ln(p / q) over the vocabulary
 * @param probabilityChange the quantized model's probability of the token that did follow, minus
 *     the base model's
 * @param probabilityChangeRms root of the mean square of {@code probabilityChange}
 * @param sameTop share of the predictions where both models think the same token most likely
 */
public record Divergence(
    Perplexity base,
    Perplexity quantized,
    double correlation,
    Estimate logRatio,
    Estimate ratio,
    Estimate difference,
    Distribution klDivergence,
    Distribution probabilityChange,
    Estimate probabilityChangeRms,
    Estimate sameTop) {

  /** Tokens that counted. */
  public long predictions() {
    return base.predictions();
  }

  /** Windows evaluated. */
  public int chunks() {
    return base.chunks();
  }
}
