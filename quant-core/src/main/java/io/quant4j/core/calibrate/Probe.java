package io.quant4j.core.calibrate;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.format.Q3_K;
import io.quant4j.core.format.Q4_0;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A matrix stored so coarsely that the loss shows above noise, and not so coarsely that it no
 * longer grows with the error: in 3 bits, or 4 where rows do not fit.
 */
final class Probe {
  private double error;
  private double energy;

  /** The format of a probe; empty where rows fit none. */
  static Optional<BlockFormat> format(Shape shape) {
    if (shape.cols() % Q3_K.BLOCK_ELEMENTS == 0) {
      return Optional.of(new Q3_K());
    }
    return shape.cols() % Q4_0.BLOCK_ELEMENTS == 0 ? Optional.of(new Q4_0()) : Optional.empty();
  }

  /**
   * Encodes a matrix and adds up its error.
   *
   * @param from format of {@code matrix}
   * @param weights of the columns' errors; empty if they count alike
   * @param arena owns the result
   */
  TensorView encode(
      TensorView matrix, BlockFormat from, BlockFormat to, float[] weights, Arena arena) {
    int cols = Math.toIntExact(matrix.shape().cols());
    float[] row = new float[cols];
    float[] decoded = new float[cols];
    MemorySegment bytes = arena.allocate(to.byteSize(matrix.shape().elements()));
    for (long r = 0; r < matrix.shape().rows(); r++) {
      long offset = to.byteSize(r * cols);
      from.decode(matrix.data(), from.byteSize(r * cols), row, 0, cols);
      to.encode(row, 0, cols, weights.length == 0 ? null : weights, bytes, offset);
      to.decode(bytes, offset, decoded, 0, cols);
      for (int i = 0; i < cols; i++) {
        double weight = weights.length == 0 ? 1 : weights[i];
        double difference = (double) row[i] - decoded[i];
        error += weight * difference * difference;
        energy += weight * row[i] * row[i];
      }
    }
    return new TensorView(to.id(), matrix.shape(), bytes);
  }

  /** Relative squared error of all matrices encoded; 0 if they are zeros. */
  double relativeError() {
    return energy > 0 ? error / energy : 0;
  }
}
