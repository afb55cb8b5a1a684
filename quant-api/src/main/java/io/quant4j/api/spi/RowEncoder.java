package io.quant4j.api.spi;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Turns rows of floats into stored blocks of one format. Thread-safe. */
@FunctionalInterface
public interface RowEncoder {

  /**
   * Encodes one whole row.
   *
   * @param row elements; the row starts at {@code rowOffset}
   * @param cols length of the row in elements, a multiple of the format's block
   * @param importance weight of each column's squared error (starting at index 0), or null
   * @param target receives the blocks at {@code byteOffset}; any alignment
   */
  void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset);
}
