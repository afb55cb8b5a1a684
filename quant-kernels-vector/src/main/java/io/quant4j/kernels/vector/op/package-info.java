/** Everything between the matrix products: norm, rotary embedding, attention, activation, sums. */
@NullMarked
package io.quant4j.kernels.vector.op;

import org.jspecify.annotations.NullMarked;
