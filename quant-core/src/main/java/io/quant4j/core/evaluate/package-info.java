/** Measuring how well a model predicts text. */
@NullMarked
package io.quant4j.core.evaluate;

import org.jspecify.annotations.NullMarked;
