/**
 * Encoders of the formats with codebooks, equal to the last byte to the formats' own.
 *
 * <p>Two things take their time. Trying scales: here each lane tries another scale, and adds up the
 * elements in the order in which the formats do, without fused multiply-add. And looking for the
 * best neighbour of a vector that is not in the codebook: here each lane looks at another
 * neighbour.
 */
@NullMarked
package io.quant4j.kernels.vector.codebook;

import org.jspecify.annotations.NullMarked;
