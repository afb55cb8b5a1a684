/** Faults of memory that would end the process. */
@NullMarked
package io.quant4j.kernels.vector.machine.fault;

import org.jspecify.annotations.NullMarked;
