package io.quant4j.gguf.file;

import io.quant4j.api.tensor.Shape;
import java.util.List;

/**
 * An entry of a tensor directory.
 *
 * @param name at most 63 bytes of UTF-8
 * @param type how the elements are stored
 * @param shape outermost first (a file states the sizes innermost first)
 * @param offset start of the data in bytes, counted from the start of the file's data section
 * @param byteSize stored bytes without padding
 */
public record GgufTensor(String name, TensorType type, Shape shape, long offset, long byteSize) {

  /**
   * This entry as it reads back: sizes of 1 in front are not stored, and a scalar has one size of
   * 1.
   */
  public GgufTensor asStored() {
    List<Long> sizes = shape.sizes();
    int leading = 0;
    while (leading < sizes.size() - 1 && sizes.get(leading) == 1) {
      leading++;
    }
    Shape stored = sizes.isEmpty() ? Shape.of(1) : new Shape(sizes.subList(leading, sizes.size()));
    return new GgufTensor(name, type, stored, offset, byteSize);
  }

  /** Longest name in bytes of UTF-8. */
  public static final int MAX_NAME_BYTES = 63;

  /** Most dimensions. */
  public static final int MAX_DIMENSIONS = 4;
}
