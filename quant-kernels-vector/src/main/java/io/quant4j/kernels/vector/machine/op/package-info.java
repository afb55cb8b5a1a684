/**
 * Generated machine code for operations of a forward pass that are no products with weights, to the
 * bits of the kernels on the Vector API. Code that is not compiled yet runs a hundred times slower
 * than machine code: these kernels are for the first tokens of a process, and leave less garbage
 * later.
 */
@NullMarked
package io.quant4j.kernels.vector.machine.op;

import org.jspecify.annotations.NullMarked;
