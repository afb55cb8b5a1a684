/**
 * Block formats: one final class per format, named as upstream spells it. The class is the document
 * of its format and its scalar reference; its layout constants and the static helpers beside it are
 * what kernels share.
 *
 * <p><b>Numbers.</b> All fields are little-endian and may lie at any alignment. Arithmetic is
 * float, one rounding per operation, sums in index order, never fused, so that encoded bytes equal
 * those of the upstream tools.
 *
 * <p><b>NaN and infinity.</b> Float types store them as they are, and round to infinity what is too
 * large for them. Integer types refuse them. In every other format a block that holds one, or whose
 * scale does not come out as a finite number of the scale's type, is stored with a scale that is
 * NaN or infinite (also where upstream's sums overflow and it stores zeros). {@link
 * io.quant4j.api.spi.BlockFormat#firstNonFinite} then names that block. Elements that are not
 * finite count as 0 in means over a row, so that other blocks stay usable.
 *
 * <p><b>Importance.</b> IQ1_S, IQ2_XXS and IQ2_XS cannot be encoded without. Weights must be finite
 * and not negative. Where all weights of a group are 0 its error counts for nothing, and what is
 * stored for it is finite but otherwise of no meaning.
 *
 * <p>Upstream is ggml, the tensor library of llama.cpp (MIT licence), whose block structures are in
 * {@code ggml-common.h} and whose reference quantizers are in {@code ggml-quants.c}.
 */
@NullMarked
package io.quant4j.core.format;

import org.jspecify.annotations.NullMarked;
