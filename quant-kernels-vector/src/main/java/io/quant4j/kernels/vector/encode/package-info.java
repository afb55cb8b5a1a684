/**
 * Encoders of rows, one class per format, equal to the last byte to the formats' own.
 *
 * <p><b>How the bytes stay equal.</b> A search for scales adds floats in a fixed order, so its sums
 * cannot be split over lanes. Instead each lane works on another group of the row: element i of all
 * groups is one vector ({@link io.quant4j.kernels.vector.encode.Groups}), and every lane does what
 * the format's own search does, in its order, without fused multiply-add. Branches are masks.
 *
 * <p>State of the searches is kept in arrays of one float per lane, not in vectors, so that no
 * vector lives in a field or crosses a call that the compiler may not inline.
 */
@NullMarked
package io.quant4j.kernels.vector.encode;

import org.jspecify.annotations.NullMarked;
