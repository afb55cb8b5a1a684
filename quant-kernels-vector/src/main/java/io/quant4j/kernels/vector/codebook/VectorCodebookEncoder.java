package io.quant4j.kernels.vector.codebook;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.CodebookFormat;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows in a format with a codebook of magnitudes. Thread-safe. */
public final class VectorCodebookEncoder implements RowEncoder {
  private final CodebookFormat format;
  private volatile @Nullable NeighbourLists lists;

  /** Encodes in this format. Its tables are made at the first encoding. */
  public VectorCodebookEncoder(CodebookFormat format) {
    this.format = format;
  }

  @Override
  public void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset) {
    CodebookLanes search = new CodebookLanes(format.rule(), lists());
    format.encode(row, rowOffset, cols, importance, target, byteOffset, search);
  }

  private NeighbourLists lists() {
    NeighbourLists made = lists;
    if (made == null) {
      synchronized (this) {
        made = lists;
        if (made == null) {
          made = new NeighbourLists(format.rule().neighbours());
          lists = made;
        }
      }
    }
    return made;
  }
}
