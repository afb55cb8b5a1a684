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
 */
@NullMarked
package io.quant4j.kernels.vector.machine.integer;

import org.jspecify.annotations.NullMarked;
