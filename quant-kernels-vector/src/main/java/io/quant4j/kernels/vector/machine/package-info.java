/**
 * Machine code made at run time: memory to run it from, what the processor can do, and whether this
 * JVM lets it be used. {@link io.quant4j.kernels.vector.machine.MachineCode} answers the last.
 */
@NullMarked
package io.quant4j.kernels.vector.machine;

import org.jspecify.annotations.NullMarked;
