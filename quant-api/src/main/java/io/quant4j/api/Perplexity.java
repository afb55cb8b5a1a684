package io.quant4j.api;

/**
 * A measured perplexity.
 *
 * @param value exp of the mean negative log-likelihood
 * @param uncertainty standard error of {@code value}
 * @param predictions tokens that counted
 * @param chunks windows evaluated
 */
public record Perplexity(double value, double uncertainty, long predictions, int chunks) {}
