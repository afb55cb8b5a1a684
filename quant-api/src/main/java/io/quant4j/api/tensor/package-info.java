/** Tensors as named, shaped, formatted ranges of memory. */
@NullMarked
package io.quant4j.api.tensor;

import org.jspecify.annotations.NullMarked;
