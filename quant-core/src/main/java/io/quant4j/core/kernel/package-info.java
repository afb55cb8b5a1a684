/**
 * Runs the operations of a forward pass on host memory: the thread team, the kernel table, and the
 * scalar kernels that are the reference for every other.
 */
@NullMarked
package io.quant4j.core.kernel;

import org.jspecify.annotations.NullMarked;
