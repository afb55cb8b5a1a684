package io.quant4j.core.quantize;

import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.RowEncoder;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Converts a tensor: decodes rows to floats, encodes them, decodes them back to measure the error.
 * Between plain number types rows do not matter, so the unit is then one element.
 */
final class EncodeWork implements TensorWork {
  private final SourceTensor source;
  private final BlockFormat from;
  private final BlockFormat to;
  private final RowDecoder decoder;
  private final RowEncoder encoder;
  private final RowDecoder checker;
  private final int unitElements;
  private final long units;
  private final int unitsPerChunk;

  /** Units of each matrix of a stack. */
  private final long matrixUnits;

  /**
   * @param decoder of {@code from}
   * @param encoder to {@code to}
   * @param checker decoder of {@code to}
   */
  EncodeWork(
      SourceTensor source,
      BlockFormat from,
      BlockFormat to,
      RowDecoder decoder,
      RowEncoder encoder,
      RowDecoder checker) {
    this.source = source;
    this.from = from;
    this.to = to;
    this.decoder = decoder;
    this.encoder = encoder;
    this.checker = checker;
    long elements = source.shape().elements();
    boolean rowless =
        elements == 0
            || (!source.reordered() && from.blockElements() == 1 && to.blockElements() == 1);
    unitElements = rowless ? 1 : source.rowElements();
    units = elements / unitElements;
    unitsPerChunk = Math.max(1, CHUNK_ELEMENTS / unitElements);
    matrixUnits = Math.max(1, units / Math.max(1, source.shape().matrices()));
    boolean wholeBlocks = elements == 0 || unitElements % from.blockElements() == 0;
    if (!wholeBlocks || from.byteSize(elements) != source.data().byteSize()) {
      throw source.wrongSize();
    }
  }

  @Override
  public long units() {
    return units;
  }

  @Override
  public int unitsPerChunk() {
    return unitsPerChunk;
  }

  @Override
  public int scratchElements() {
    return (int) Math.min(units, unitsPerChunk) * unitElements;
  }

  @Override
  public long scratchBytes() {
    return to.byteSize(scratchElements());
  }

  @Override
  public long sourceBytes(int chunkUnits) {
    return from.byteSize((long) chunkUnits * unitElements);
  }

  @Override
  public double write(long first, int chunkUnits, Scratch scratch, CheckpointOutput target) {
    int elements = chunkUnits * unitElements;
    read(first, chunkUnits, scratch.values());
    int bad = Floats.firstNonFinite(scratch.values(), elements);
    if (bad >= 0) {
      throw source.notFinite(sourceRow(first, bad));
    }
    MemorySegment bytes = scratch.bytes().asSlice(0, to.byteSize(elements));
    encode(first, scratch.values(), chunkUnits, bytes);
    long badBlock = to.firstNonFinite(bytes, 0, elements / to.blockElements());
    if (badBlock >= 0) {
      throw outOfRange(sourceRow(first, badBlock * to.blockElements()));
    }
    target.write(source.index(), to.byteSize(first * unitElements), bytes);
    checker.decode(bytes, 0, scratch.decoded(), 0, elements);
    return Floats.squaredDifference(scratch.values(), scratch.decoded(), elements);
  }

  private void read(long first, int chunkUnits, float[] values) {
    if (!source.reordered()) {
      long offset = from.byteSize(first * unitElements);
      decoder.decode(source.data(), offset, values, 0, chunkUnits * unitElements);
      return;
    }
    for (int i = 0; i < chunkUnits; i++) {
      long row = source.plan().rows().sourceRow(first + i);
      decoder.decode(
          source.data(), from.byteSize(row * unitElements), values, i * unitElements, unitElements);
    }
  }

  private void encode(long first, float[] values, int chunkUnits, MemorySegment bytes) {
    if (to.blockElements() == 1) {
      encoder.encode(values, 0, chunkUnits * unitElements, null, bytes, 0);
      return;
    }
    long unitBytes = to.byteSize(unitElements);
    long matrix = -1;
    float @Nullable [] weights = null;
    for (int i = 0; i < chunkUnits; i++) {
      if ((first + i) / matrixUnits != matrix) {
        matrix = (first + i) / matrixUnits;
        weights = weights((int) matrix);
      }
      encoder.encode(values, i * unitElements, unitElements, weights, bytes, i * unitBytes);
    }
  }

  private float @Nullable [] weights(int matrix) {
    Optional<ColumnWeights> importance = source.plan().importance();
    return importance.isPresent() ? importance.get().of(matrix) : null;
  }

  /** Row of the source that holds an element of the chunk. */
  private long sourceRow(long first, long element) {
    long unit = source.plan().rows().sourceRow(first + element / unitElements);
    return unit * unitElements / source.shape().cols();
  }

  private InvalidRequestException outOfRange(long row) {
    return new InvalidRequestException(
        source.where(),
        "row %d of the tensor has numbers too large for %s".formatted(row, to.id()),
        "Override the format of this tensor with BF16 or F32.");
  }
}
