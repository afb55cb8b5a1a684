/** Measuring how well a model predicts text, and how far two models are apart. */
@NullMarked
package io.quant4j.core.evaluate;

import org.jspecify.annotations.NullMarked;
