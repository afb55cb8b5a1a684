package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A format that stores points of {@link Codebook#IQ1_S}, found by {@link TernarySearch}. */
public interface TernaryFormat extends BlockFormat {

  /** The neighbours of all vectors that are not in the codebook. The first call takes a while. */
  static CodebookNeighbours neighbours() {
    return TernaryNeighbours.table();
  }

  /** The search of its encoder, with these parts: for one thread. */
  TernarySearch search(TernarySplit split, NeighbourChoice neighbours);

  /** The plain way to split its groups: for one thread. */
  TernarySplit split();

  @Override
  default void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset) {
    TernarySearch search = search(split(), new TernaryNeighbours());
    encode(row, rowOffset, cols, importance, target, byteOffset, search);
  }

  /**
   * Encodes a row as {@link BlockFormat#encode} says.
   *
   * @param search made by {@link #search}
   */
  void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset,
      TernarySearch search);
}
