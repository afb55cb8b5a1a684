package io.quant4j.core.quantize;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.CheckpointOutput;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Copies the stored bytes of a tensor, straight from the mapped source unless rows move. The
 * numbers are checked where the format is installed.
 */
final class CopyWork implements TensorWork {
  private final SourceTensor source;
  private final Optional<BlockFormat> format;
  private final long units;
  private final long unitBytes;
  private final int unitsPerChunk;

  /**
   * @param format of source and target, if it is installed
   */
  CopyWork(SourceTensor source, Optional<BlockFormat> format) {
    this.source = source;
    this.format = format;
    long bytes = source.data().byteSize();
    if (source.reordered()) {
      int rowElements = source.rowElements();
      units = rowElements == 0 ? 0 : source.shape().elements() / rowElements;
      unitBytes = units == 0 ? 1 : bytes / units;
    } else {
      unitBytes = format.map(BlockFormat::blockBytes).orElse(1);
      units = bytes / unitBytes;
    }
    if (units * unitBytes != bytes) {
      throw source.wrongSize();
    }
    unitsPerChunk = (int) Math.max(1, CHUNK_BYTES / unitBytes);
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
  public long scratchBytes() {
    return source.reordered() ? unitsPerChunk * unitBytes : 0;
  }

  @Override
  public long sourceBytes(int chunkUnits) {
    return chunkUnits * unitBytes;
  }

  @Override
  public double write(long first, int chunkUnits, Scratch scratch, CheckpointOutput target) {
    long offset = first * unitBytes;
    long size = chunkUnits * unitBytes;
    MemorySegment bytes;
    if (source.reordered()) {
      bytes = scratch.bytes().asSlice(0, size);
      for (int i = 0; i < chunkUnits; i++) {
        long from = source.plan().rows().sourceRow(first + i) * unitBytes;
        MemorySegment.copy(source.data(), from, bytes, i * unitBytes, unitBytes);
      }
    } else {
      bytes = source.data().asSlice(offset, size);
    }
    requireFinite(offset, bytes);
    target.write(source.index(), offset, bytes);
    return 0;
  }

  private void requireFinite(long offset, MemorySegment bytes) {
    if (format.isEmpty()) {
      return;
    }
    int blockBytes = format.get().blockBytes();
    long bad = format.get().firstNonFinite(bytes, 0, bytes.byteSize() / blockBytes);
    if (bad >= 0) {
      long rowBytes = source.data().byteSize() / source.shape().rows();
      long row = (offset + bad * blockBytes) / rowBytes;
      throw source.notFinite(source.reordered() ? source.plan().rows().sourceRow(row) : row);
    }
  }
}
