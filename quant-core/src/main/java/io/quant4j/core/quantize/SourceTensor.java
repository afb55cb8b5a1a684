package io.quant4j.core.quantize;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.tensor.Shape;
import java.lang.foreign.MemorySegment;

/**
 * A mapped tensor of the source that becomes a tensor of the target.
 *
 * @param index of the target's tensor
 * @param plan what becomes of it
 * @param data exactly the stored bytes
 * @param where for errors
 */
record SourceTensor(
    int index, TensorPlan.FromSource plan, MemorySegment data, ErrorLocation where) {

  /** Elements of the longest row that can be read at once: 16 MiB of floats. */
  private static final long MAX_ROW = 1 << 22;

  /**
   * Maps a tensor.
   *
   * @throws MalformedModelException if its bytes are not as many as the directory says
   */
  static SourceTensor open(int index, TensorPlan.FromSource plan, Checkpoint source) {
    ErrorLocation where = ErrorLocation.of(source.path(), plan.source().info().name());
    MemorySegment data = source.view(plan.source()).data();
    SourceTensor tensor = new SourceTensor(index, plan, data, where);
    if (data.byteSize() != plan.source().info().byteSize()) {
      throw tensor.wrongSize();
    }
    return tensor;
  }

  Shape shape() {
    return plan.target().shape();
  }

  boolean reordered() {
    return !(plan.rows() instanceof RowOrder.Same);
  }

  /**
   * Elements that are reordered or encoded as one: a row, or one element where a vector is
   * reordered.
   *
   * @throws UnsupportedModelException if a row is too long to be held in memory
   */
  int rowElements() {
    long elements = shape().rank() <= 1 && reordered() ? 1 : shape().cols();
    if (elements > MAX_ROW) {
      throw new UnsupportedModelException(
          where,
          "rows of " + elements + " elements are longer than the " + MAX_ROW + " supported",
          "Leave this tensor as it is.");
    }
    return (int) elements;
  }

  /** The error for a number in the source that is none. */
  MalformedModelException notFinite(long row) {
    return new MalformedModelException(
        where,
        "row " + row + " of the tensor holds NaN or infinity",
        "Get the model again from its source; training or conversion went wrong.");
  }

  /** The error for a number of stored bytes that does not go with the shape. */
  MalformedModelException wrongSize() {
    return new MalformedModelException(
        where,
        "%d bytes cannot hold %s elements as %s"
            .formatted(data.byteSize(), shape(), plan.source().info().format()),
        "Get the model again from its source.");
  }
}
