/** One unchecked root, {@link io.quant4j.api.error.QuantException}; its leaves say who must act. */
@NullMarked
package io.quant4j.api.error;

import org.jspecify.annotations.NullMarked;
