/**
 * Entry of the Vector API backend: the provider, which loads anywhere, and the table of what the
 * backend offers.
 */
@NullMarked
package io.quant4j.kernels.vector;

import org.jspecify.annotations.NullMarked;
