/**
 * Width of the vectors, and the steps without a loop that kernels share. Nothing here is called
 * other than directly: each step is inlined into the loops that use it.
 */
@NullMarked
package io.quant4j.kernels.vector.lanes;

import org.jspecify.annotations.NullMarked;
