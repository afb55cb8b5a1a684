package io.quant4j.kernels.vector.machine.fixed;

import io.quant4j.api.spi.VectorPreparation;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Vectors in {@link GroupLayout#VECTORS}: all groups of the first tile of vectors, then those of
 * the next. A part is a tile. What stands beyond the last vector of a tile is never used.
 */
final class FixedVectors implements VectorPreparation {
  /** Vectors for which it pays to round the weights: as fast as floats or up to 1.7 times. */
  private static final int LEAST_BATCH = 10;

  private static final GroupLayout RECORD = GroupLayout.VECTORS;

  @Override
  public boolean accepts(int cols, int batch) {
    return batch >= LEAST_BATCH && cols >= FixedPoint.GROUP;
  }

  @Override
  public long byteSize(int cols, int batch) {
    return RECORD.tiles(batch) * tileBytes(cols);
  }

  /** Bytes of a tile. */
  static long tileBytes(int cols) {
    return (long) FixedPoint.groups(cols) * RECORD.bytes();
  }

  @Override
  public int parts(int batch) {
    return RECORD.tiles(batch);
  }

  @Override
  public void prepare(
      float[] x, int xOffset, int cols, int batch, MemorySegment target, int begin, int end) {
    Objects.checkFromIndexSize(xOffset, (long) batch * cols, x.length);
    MemorySegment prepared = target.asSlice(0, byteSize(cols, batch));
    int last = Math.min(batch, end * RECORD.rows());
    for (int b = begin * RECORD.rows(); b < last; b++) {
      MemorySegment tile = prepared.asSlice(b / RECORD.rows() * tileBytes(cols), tileBytes(cols));
      round(x, xOffset + b * cols, cols, tile, b % RECORD.rows());
    }
  }

  private static void round(float[] x, int at, int cols, MemorySegment tile, int place) {
    int whole = cols / FixedPoint.GROUP;
    if (whole > 0) {
      round(MemorySegment.ofArray(x).asSlice((long) at * Float.BYTES), tile, 0, whole, place);
    }
    int rest = cols - whole * FixedPoint.GROUP;
    if (rest > 0) {
      float[] padded = new float[FixedPoint.GROUP];
      System.arraycopy(x, at + cols - rest, padded, 0, rest);
      round(MemorySegment.ofArray(padded), tile, whole, 1, place);
    }
  }

  private static void round(
      MemorySegment floats, MemorySegment tile, int group, int groups, int place) {
    long at = (long) group * RECORD.bytes();
    FixedFunctions.roundVectors(
        floats,
        tile.asSlice(at + (long) place * GroupLayout.VECTOR_BYTES),
        tile.asSlice(at + RECORD.scalesAt() + (long) place * RECORD.scaleBytes()),
        groups);
  }
}
