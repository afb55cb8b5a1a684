package io.quant4j.core.quantize;

import io.quant4j.api.spi.CheckpointOutput;

/**
 * The writing of one tensor, in units that do not depend on each other: a row, or less where rows
 * do not matter. Thread-safe.
 */
interface TensorWork {

  /**
   * Elements that a chunk has at most, unless one row alone has more: 256 KiB of floats, so that
   * what is read, encoded and read back stays in a core's cache.
   */
  int CHUNK_ELEMENTS = 1 << 16;

  /** Bytes that a chunk of a copy has at most, unless one row alone has more. */
  int CHUNK_BYTES = 1 << 20;

  /** Number of units; 0 for an empty tensor. */
  long units();

  /** Units in one chunk, the last of a tensor excepted; at least 1. */
  int unitsPerChunk();

  /** Elements of {@link Scratch#values()} that a chunk needs. */
  default int scratchElements() {
    return 0;
  }

  /** Bytes of {@link Scratch#bytes()} that a chunk needs. */
  default long scratchBytes() {
    return 0;
  }

  /** Stored bytes of the source that a chunk stands for in reports of progress. */
  long sourceBytes(int units);

  /**
   * Writes some units.
   *
   * @param first index of the first unit
   * @param units how many, at most {@link #unitsPerChunk()}
   * @return sum of the squared differences between the elements and what will be read back
   * @throws io.quant4j.api.error.MalformedModelException if the source holds NaN or infinity
   */
  double write(long first, int units, Scratch scratch, CheckpointOutput target);
}
