/** From logits to the next token. */
@NullMarked
package io.quant4j.core.sample;

import org.jspecify.annotations.NullMarked;
