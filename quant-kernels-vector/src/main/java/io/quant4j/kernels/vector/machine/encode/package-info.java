/**
 * Searches and packing of encoders as machine code, for the formats whose conversion takes longest.
 * It needs no warm-up, which is most of what converting a model in a process of its own waits for.
 *
 * <p>A lane is a group of the row, and what happens in it is what the format does, rounding by
 * rounding: so the bytes are those of the format.
 */
@NullMarked
package io.quant4j.kernels.vector.machine.encode;

import org.jspecify.annotations.NullMarked;
