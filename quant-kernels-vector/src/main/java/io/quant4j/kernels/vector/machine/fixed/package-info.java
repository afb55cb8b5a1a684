/**
 * Products with many vectors in fixed point, as generated machine code for processors with
 * AVX512_VNNI, which multiply twice as many words of 16 bits as floats per instruction.
 *
 * <p>Columns come in groups of {@link io.quant4j.kernels.vector.machine.fixed.FixedPoint#GROUP}. In
 * each group a row of weights and a vector are integers times a float: integers of 14 bits for
 * weights, of 15 bits for vectors, the largest magnitude of the group being the largest integer.
 * Sums of a group's products are exact in 32 bits; from then on everything is in floats: sums of
 * four lanes each are added, then times both scales by fused multiply-add, groups in order of
 * columns, then the lanes that are left, then stretches. So the only errors beside those of sums in
 * floats are the two roundings to integers: at most 2^-14 of the largest weight and 2^-15 of the
 * largest element of the vector in the group.
 */
@NullMarked
package io.quant4j.kernels.vector.machine.fixed;

import org.jspecify.annotations.NullMarked;
