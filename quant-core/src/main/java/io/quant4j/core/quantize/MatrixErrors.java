package io.quant4j.core.quantize;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.QuantizationAlgorithm;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.RowEncoder;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.TensorInfo;
import io.quant4j.api.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Relative squared errors of matrices in formats that they might get: errors over elements, both
 * squared, weighted with the importance of the column and summed over some of the rows, spread
 * evenly. Thread-safe.
 */
final class MatrixErrors {
  /** Rows that tell enough of a matrix: the error of its error is then below one percent. */
  private static final long ROWS = 64;

  private final Checkpoint source;
  private final QuantizationAlgorithm algorithm;
  private final Codecs codecs;

  MatrixErrors(Checkpoint source, QuantizationAlgorithm algorithm, Codecs codecs) {
    this.source = source;
    this.algorithm = algorithm;
    this.codecs = codecs;
  }

  /**
   * The errors of one matrix.
   *
   * @param formats that fit its rows
   * @return as many relative errors as formats; not finite where numbers overflow, 0 for a matrix
   *     of zeros
   */
  double[] measure(Matrix matrix, List<BlockFormat> formats) {
    Sample sample = new Sample(matrix);
    double[] errors = new double[formats.size()];
    long rows = matrix.tensor().shape().rows();
    long step = Math.max(1, rows / ROWS);
    double energy = 0;
    for (long row = 0; row < rows; row += step) {
      energy += sample.read(row);
      for (int f = 0; f < errors.length; f++) {
        errors[f] += sample.error(formats.get(f));
      }
    }
    for (int f = 0; f < errors.length; f++) {
      errors[f] = energy == 0 ? 0 : errors[f] / energy;
    }
    return errors;
  }

  /** One row at a time. */
  private final class Sample {
    private final Matrix matrix;
    private final TensorInfo info;
    private final List<StoredTensor> parts;
    private final BlockFormat from;
    private final RowDecoder decoder;
    private final float[] values;
    private final float[] decoded;
    private float[] weights = {};
    private int weightsOf = -1;

    Sample(Matrix matrix) {
      this.matrix = matrix;
      info = matrix.tensor().stored().info();
      parts = StackedCheckpoint.parts(source, matrix.tensor().stored());
      from = codecs.require(info.format(), matrix.where());
      decoder = codecs.decoder(from);
      values = new float[Math.toIntExact(matrix.cols())];
      decoded = new float[values.length];
    }

    /** Reads a row of the source and returns its weighted sum of squares. */
    double read(long row) {
      long perMatrix = info.shape().rows() / info.shape().matrices();
      int index = (int) (row / perMatrix);
      boolean whole = parts.isEmpty();
      TensorView view = source.view(whole ? matrix.tensor().stored() : parts.get(index));
      long at = whole ? row : row % perMatrix;
      decoder.decode(view.data(), from.byteSize(at * values.length), values, 0, values.length);
      if (index != weightsOf) {
        weights = matrix.importance().map(w -> w.of(index)).orElseGet(() -> new float[0]);
        weightsOf = index;
      }
      return sum(new float[values.length]);
    }

    double error(BlockFormat format) {
      if (format.id().equals(info.format())) {
        return 0;
      }
      RowEncoder fastest = codecs.encoder(format);
      RowEncoder encoder =
          Codecs.isPlain(format.id()) ? fastest : algorithm.prepare(info, format, fastest);
      MemorySegment bytes = MemorySegment.ofArray(new byte[(int) format.byteSize(values.length)]);
      encoder.encode(values, 0, values.length, weights.length == 0 ? null : weights, bytes, 0);
      codecs.decoder(format).decode(bytes, 0, decoded, 0, decoded.length);
      return sum(decoded);
    }

    private double sum(float[] others) {
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        double difference = (double) values[i] - others[i];
        sum += (weights.length == 0 ? 1 : weights[i]) * difference * difference;
      }
      return sum;
    }
  }
}
