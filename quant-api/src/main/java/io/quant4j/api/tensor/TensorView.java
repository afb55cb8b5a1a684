package io.quant4j.api.tensor;

import java.lang.foreign.MemorySegment;

/**
 * Stored elements of a tensor, read in place.
 *
 * @param format how {@code data} is to be read
 * @param shape (rows, cols) row-major, outermost first; rows follow each other without padding
 * @param data exactly the stored bytes; owned by whoever made the view (often a mapped file) and
 *     valid while that is open
 */
public record TensorView(FormatId format, Shape shape, MemorySegment data) {}
