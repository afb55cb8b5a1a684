/**
 * Products with stored matrices as generated machine code, for processors with AVX-512.
 *
 * <p>The arithmetic is that of {@link io.quant4j.kernels.vector.matmul} at 512 bits, operation by
 * operation: weights are decoded to floats as the format rounds them, lane l of one accumulator
 * sums the products of elements l, l + 16, l + 32, ... by fused multiply-add in this order, and
 * halves are added until one lane is left. So both give the same bits, for any batch and range of
 * rows, and the error bound is the same. What machine code adds is the choice of instructions
 * (table lookups of floats, conversions from memory, operands broadcast from memory), accumulators
 * that stay in the 32 registers, and loops over several rows.
 */
@NullMarked
package io.quant4j.kernels.vector.machine.product;

import org.jspecify.annotations.NullMarked;
