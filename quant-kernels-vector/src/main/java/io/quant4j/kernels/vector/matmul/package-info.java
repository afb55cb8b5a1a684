/** Products with stored matrices. */
@NullMarked
package io.quant4j.kernels.vector.matmul;

import org.jspecify.annotations.NullMarked;
