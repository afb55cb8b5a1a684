package io.quant4j.api.tensor;

/**
 * A tensor as a container's directory states it.
 *
 * @param name the container's own name
 * @param format how the elements are stored; a container may name a format that nothing installed
 *     can decode
 * @param shape (rows, cols) row-major, outermost first
 * @param byteSize stored bytes, without padding
 */
public record TensorInfo(String name, FormatId format, Shape shape, long byteSize) {}
