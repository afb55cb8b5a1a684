package io.quant4j.api.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Stored elements of a tensor, read in place.
 *
 * @param format how {@code data} is to be read
 * @param shape (rows, cols) row-major, outermost first; rows follow each other without padding
 * @param data exactly the stored bytes; owned by whoever made the view (often a mapped file) and
 *     valid while that is open
 */
public record TensorView(FormatId format, Shape shape, MemorySegment data) {

  /**
   * Some of the rows, in place.
   *
   * @param first first row
   * @param count rows
   */
  public TensorView rows(long first, long count) {
    long rowBytes = shape.rows() == 0 ? 0 : data.byteSize() / shape.rows();
    return new TensorView(
        format, Shape.of(count, shape.cols()), data.asSlice(first * rowBytes, count * rowBytes));
  }

  /** The matrices of a stack, in place. */
  public List<TensorView> outerParts() {
    long rows = shape.sizes().get(shape.rank() - 2);
    List<TensorView> parts = new ArrayList<>();
    for (long first = 0; first < shape.rows(); first += rows) {
      parts.add(rows(first, rows));
    }
    return parts;
  }
}
