/** The other operations of a forward pass. */
@NullMarked
package io.quant4j.kernels.vector.op;

import org.jspecify.annotations.NullMarked;
