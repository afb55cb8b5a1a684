/**
 * Products of few vectors in integers, as generated machine code for processors with AVX512_VNNI:
 * generation is one at a time.
 *
 * <p>The weights of most formats are small integers times a scale. These products multiply the
 * integers as they are stored, 64 at a time, instead of making floats of them, 16 at a time. The
 * vector is rounded for it: in each group of {@link
 * io.quant4j.kernels.vector.machine.integer.IntegerVector#GROUP} columns its elements are integers
 * of 16 bits times a float, the largest magnitude of the group being the largest integer. That is
 * the only error beside those of sums in floats: at most 2^-16 of the largest element of a group
 * for every element, half of what {@link io.quant4j.kernels.vector.machine.fixed} allows; weights
 * are exact.
 *
 * <p>An instruction multiplies bytes, so an element is two of them: 256 times the upper one plus
 * the lower one, both signed. Sums of integers are exact in 32 bits and end with the scales of the
 * weights; from there on everything is in floats, in a fixed order.
 *
 * <p>There are three ways to scales. Where they are integers of a few bits, sums of four products
 * become words and are multiplied by them ({@link
 * io.quant4j.kernels.vector.machine.integer.ScaledProducts}). Where they are floats, or codes are
 * larger than 63, sums of sixteen products of all 256 elements come together in one register and
 * are multiplied there ({@link io.quant4j.kernels.vector.machine.integer.BlockSums}). Where there
 * is one for all, products are just added up ({@link
 * io.quant4j.kernels.vector.machine.integer.TernaryGroup}). An offset of codes is taken from sums
 * of sixteen elements of the vector, minimums are multiplied by them.
 */
@NullMarked
package io.quant4j.kernels.vector.machine.integer;

import org.jspecify.annotations.NullMarked;
