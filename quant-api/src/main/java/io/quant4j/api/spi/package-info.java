/** Every extension point. Implementations are stateless, thread-safe and cheap to construct. */
@NullMarked
package io.quant4j.api.spi;

import org.jspecify.annotations.NullMarked;
