package io.quant4j.kernels.vector.machine.fixed;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Where the products of some rows go: those of a tile whose code writes nothing but them straight
 * to their place, others through memory of this package.
 *
 * @param scratch (vectors, {@link FixedScratch#ROWS})
 * @param y the place of row r and vector b is {@code first + b * stride + r}
 */
record FixedResults(MemorySegment scratch, int rows, int batch, float[] y, int first, int stride) {
  private static final int TILE = GroupLayout.VECTORS.rows();
  private static final long SCRATCH_STRIDE = (long) FixedScratch.ROWS * Float.BYTES;

  private boolean isStraight(int tile) {
    int vectors = Math.min(TILE, batch - tile * TILE);
    return rows % GroupLayout.WEIGHTS.rows() == 0 && vectors % FixedTileCode.TOGETHER == 0;
  }

  /** Where the products of a tile of vectors begin. */
  MemorySegment of(int tile) {
    return isStraight(tile)
        ? MemorySegment.ofArray(y).asSlice((first + (long) tile * TILE * stride) * Float.BYTES)
        : scratch.asSlice(tile * TILE * SCRATCH_STRIDE);
  }

  /** Bytes from the products of one vector of the tile to those of the next. */
  long strideBytes(int tile) {
    return isStraight(tile) ? (long) stride * Float.BYTES : SCRATCH_STRIDE;
  }

  /** Brings to their place what is not there. */
  void complete() {
    for (int b = 0; b < batch; b++) {
      if (!isStraight(b / TILE)) {
        MemorySegment.copy(
            scratch, ValueLayout.JAVA_FLOAT, b * SCRATCH_STRIDE, y, first + b * stride, rows);
      }
    }
  }
}
