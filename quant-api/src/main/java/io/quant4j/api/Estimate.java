package io.quant4j.api;

/**
 * A measured mean.
 *
 * @param value the mean, or a quantity derived from means
 * @param uncertainty its standard error; 0 where it cannot be told
 */
public record Estimate(double value, double uncertainty) {}
