/** Entry of the CUDA backend: the provider, which loads anywhere. */
@NullMarked
package io.quant4j.kernels.cuda;

import org.jspecify.annotations.NullMarked;
