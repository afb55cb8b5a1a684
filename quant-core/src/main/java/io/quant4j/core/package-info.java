/** The entry of the engine. */
@NullMarked
package io.quant4j.core;

import org.jspecify.annotations.NullMarked;
