/**
 * Quantization from recipe to file: plan each tensor, stream it through an encoder, report what
 * became of it.
 */
@NullMarked
package io.quant4j.core.quantize;

import org.jspecify.annotations.NullMarked;
