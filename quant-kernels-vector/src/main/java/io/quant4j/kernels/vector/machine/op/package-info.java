/**
 * Generated machine code for operations on the elements of two vectors, to the bits of the kernels
 * on the Vector API. Code that is not compiled yet runs a hundred times slower than machine code:
 * these kernels are for the first tokens of a process.
 */
@NullMarked
package io.quant4j.kernels.vector.machine.op;

import org.jspecify.annotations.NullMarked;
