/**
 * The CUDA driver API as far as it is needed: handles of its functions, checked calls, and what
 * they make: contexts, memory, streams, modules, graphs.
 */
@NullMarked
package io.quant4j.kernels.cuda.driver;

import org.jspecify.annotations.NullMarked;
