package io.quant4j.api.spi;

/**
 * The largest elements of a row, in descending order, the first of equal ones first.
 *
 * @param indices where they are in the row
 * @param values the elements themselves
 * @param finite whether the whole row is finite; only then is the order of use
 */
public record LargestElements(int[] indices, float[] values, boolean finite) {}
