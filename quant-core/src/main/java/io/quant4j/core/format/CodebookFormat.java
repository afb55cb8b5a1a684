package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A format that stores magnitudes by {@link CodebookBlock}, and signs beside them. */
public interface CodebookFormat extends BlockFormat {

  /** How its blocks are encoded. The first call takes a while. */
  CodebookRule rule();

  @Override
  default void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset) {
    GroupSearch search = new CodebookSearch(rule());
    encode(row, rowOffset, cols, importance, target, byteOffset, search);
  }

  /**
   * Encodes a row as {@link BlockFormat#encode} says.
   *
   * @param search by {@link #rule()}
   */
  void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset,
      GroupSearch search);
}
