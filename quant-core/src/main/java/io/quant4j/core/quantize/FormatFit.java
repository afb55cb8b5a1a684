package io.quant4j.core.quantize;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.QuantizationAlgorithm;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.TensorInfo;

/**
 * Turns the format that is wanted for a tensor into one that its shape, the algorithm and the
 * container allow.
 */
final class FormatFit {
  private final CheckpointWriter writer;
  private final QuantizationAlgorithm algorithm;
  private final Codecs codecs;
  private final boolean allowRequantize;

  /**
   * @param allowRequantize whether what is quantized already may be quantized again
   */
  FormatFit(
      CheckpointWriter writer,
      QuantizationAlgorithm algorithm,
      Codecs codecs,
      boolean allowRequantize) {
    this.writer = writer;
    this.algorithm = algorithm;
    this.codecs = codecs;
    this.allowRequantize = allowRequantize;
  }

  /**
   * The format of a matrix: the one wanted, or what comes nearest if its rows do not fit.
   *
   * @throws InvalidRequestException if there is none
   */
  FormatId fit(Matrix matrix, FormatId wanted) {
    if (wanted.equals(matrix.storedFormat())) {
      return wanted;
    }
    BlockFormat format = ShapeFallback.fit(wanted, matrix.cols(), codecs, matrix.where());
    if (!Codecs.isPlain(format.id()) && !algorithm.canTarget(format)) {
      throw new InvalidRequestException(
          matrix.where(),
          "algorithm " + algorithm.name() + " cannot produce " + format.id(),
          "Choose another algorithm, or override the format of this tensor.");
    }
    return format.id();
  }

  /** Whether container and algorithm can produce a format at all. */
  boolean allows(BlockFormat format) {
    return writer.canStore(format.id())
        && (Codecs.isPlain(format.id()) || algorithm.canTarget(format));
  }

  /**
   * Bytes of a tensor in a format that fits it.
   *
   * @throws InvalidRequestException if the container cannot hold the format, or the tensor must not
   *     be converted
   */
  long byteSize(TensorInfo stored, FormatId format, ErrorLocation where) {
    if (!writer.canStore(format)) {
      throw new InvalidRequestException(
          where,
          "a " + writer.name() + " file cannot hold " + format,
          "Choose another file type, or override the format of this tensor.");
    }
    if (format.equals(stored.format())) {
      return stored.byteSize();
    }
    if (!Codecs.isPlain(stored.format()) && !allowRequantize) {
      throw new InvalidRequestException(
          where,
          "the tensor is quantized already, as %s, and would become %s"
              .formatted(stored.format(), format),
          "Start from the F32, F16 or BF16 model, or allow it with allowRequantize(true).");
    }
    return codecs.require(format, where).byteSize(stored.shape().elements());
  }
}
