/** Ways to choose the codes of a tensor, one class per algorithm. */
@NullMarked
package io.quant4j.core.algorithm;

import org.jspecify.annotations.NullMarked;
