/** The operations of a forward pass: memory of models and sequences, and launches of kernels. */
@NullMarked
package io.quant4j.kernels.cuda.op;

import org.jspecify.annotations.NullMarked;
