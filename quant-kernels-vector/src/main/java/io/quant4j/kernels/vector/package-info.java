/** The backend and what its kernels share. */
@NullMarked
package io.quant4j.kernels.vector;

import org.jspecify.annotations.NullMarked;
