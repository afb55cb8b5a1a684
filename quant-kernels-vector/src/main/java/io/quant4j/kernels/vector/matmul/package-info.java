/**
 * Products with stored matrices, one class per weight format.
 *
 * <p>Each class knows its format twice: in {@code dot}, which reads a row once and multiplies it on
 * the way (one vector: generation), and in {@code decode}, from which {@link
 * io.quant4j.kernels.vector.matmul.PanelProduct} makes the product with many vectors (prompts). The
 * loops are written out in every class, because a loop shared through a call per format stops being
 * compiled to vector instructions as soon as several formats go through it.
 *
 * <p><b>Order of additions.</b> The result for one row and one vector must not depend on what else
 * is computed beside it, so all ways share one order: weights are decoded to floats (rounded as the
 * format rounds them), lane l of one accumulator sums the products of elements l, l + n, l + 2n,
 * ... by fused multiply-add in this order (n lanes), and {@link
 * io.quant4j.kernels.vector.lanes.Sum} adds the lanes. With u = 2^-24 the error is at most (cols /
 * n + log2 n + 1) u times the sum of the magnitudes of the products.
 */
@NullMarked
package io.quant4j.kernels.vector.matmul;

import org.jspecify.annotations.NullMarked;
