/** Decoders of stored blocks, one class per format, equal to the format's own to the last bit. */
@NullMarked
package io.quant4j.kernels.vector.decode;

import org.jspecify.annotations.NullMarked;
