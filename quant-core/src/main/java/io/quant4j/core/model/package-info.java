/** Model architectures and the formulas they share. */
@NullMarked
package io.quant4j.core.model;

import org.jspecify.annotations.NullMarked;
