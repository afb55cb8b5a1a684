package io.quant4j.api.spi;

import java.lang.foreign.MemorySegment;

/** Turns stored blocks of one format into floats. Stateless and thread-safe. */
@FunctionalInterface
public interface RowDecoder {

  /**
   * Decodes {@code elements} elements.
   *
   * @param source stored blocks; the first one starts at {@code byteOffset}; any alignment
   * @param target receives the floats from {@code targetOffset}
   * @param elements a multiple of the format's block
   */
  void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements);
}
