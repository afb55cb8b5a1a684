package io.quant4j.core.quantize.budget;

/**
 * One way to store something.
 *
 * @param index by which the caller knows it
 * @param bytes stored bytes
 * @param cost expected loss, finite and not negative
 */
public record Choice(int index, long bytes, double cost) {}
