/** Choosing the formats of all matrices for the least expected loss that a size allows. */
@NullMarked
package io.quant4j.core.quantize.budget;

import org.jspecify.annotations.NullMarked;
