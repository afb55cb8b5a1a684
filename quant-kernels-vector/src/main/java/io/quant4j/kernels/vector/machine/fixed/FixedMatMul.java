package io.quant4j.kernels.vector.machine.fixed;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.VectorPreparation;
import io.quant4j.kernels.vector.machine.product.RowCalls;
import java.lang.foreign.MemorySegment;

/**
 * Products with one format's weights in fixed point. Rows are decoded and rounded once for the
 * whole batch, {@link FixedScratch#ROWS} rows of a stretch of columns at a time, which stay in the
 * second cache while each tile of vectors, which stays in the first, is multiplied with all of
 * them.
 */
final class FixedMatMul implements PreparedMatMul {
  private static final GroupLayout WEIGHTS = GroupLayout.WEIGHTS;
  private static final GroupLayout VECTORS = GroupLayout.VECTORS;

  private final BlockFormat format;
  private final WeightRounding rounding;
  private final FixedVectors preparation;

  /**
   * A product.
   *
   * @param decoder for {@code format}
   */
  FixedMatMul(BlockFormat format, RowDecoder decoder, FixedVectors preparation) {
    this.format = format;
    this.rounding = WeightRounding.of(format, decoder);
    this.preparation = preparation;
  }

  @Override
  public VectorPreparation preparation() {
    return preparation;
  }

  @Override
  public void multiply(
      MemorySegment weights,
      int cols,
      MemorySegment prepared,
      int batch,
      float[] y,
      int yOffset,
      int yStride,
      int rowBegin,
      int rowEnd) {
    RowCalls.check(format, cols, batch, y, yOffset, yStride, rowBegin, rowEnd);
    MemorySegment vectors = prepared.asSlice(0, preparation.byteSize(cols, batch));
    FixedScratch scratch = FixedScratch.take();
    try {
      MemorySegment memory = scratch.results(VECTORS.tiles(batch) * VECTORS.rows());
      for (int row = rowBegin; row < rowEnd; row += FixedScratch.ROWS) {
        int rows = Math.min(FixedScratch.ROWS, rowEnd - row);
        FixedResults results = new FixedResults(memory, rows, batch, y, yOffset + row, yStride);
        RowsAhead ahead = rowsAhead(weights, cols, row + rows, rows, batch);
        for (int col = 0; col < cols; col += FixedScratch.STRETCH) {
          int stretch = Math.min(FixedScratch.STRETCH, cols - col);
          rounding.round(weights, cols, row, rows, col, stretch, scratch);
          multiply(scratch, rows, vectors, cols, col, stretch, results, ahead);
        }
        results.complete();
      }
    } finally {
      scratch.giveBack();
    }
  }

  private RowsAhead rowsAhead(MemorySegment weights, int cols, int from, int rows, int batch) {
    long rowBytes = format.byteSize(cols);
    long groups = (long) FixedPoint.groups(cols) * WEIGHTS.tiles(rows) * VECTORS.tiles(batch);
    return new RowsAhead(weights, from * rowBytes, FixedScratch.ROWS * rowBytes, groups);
  }

  private static void multiply(
      FixedScratch scratch,
      int rows,
      MemorySegment vectors,
      int cols,
      int col,
      int stretch,
      FixedResults results,
      RowsAhead ahead) {
    long tileBytes = FixedVectors.tileBytes(cols);
    long at = (long) FixedPoint.groups(col) * VECTORS.bytes();
    int groups = FixedPoint.groups(stretch);
    int tiles = WEIGHTS.tiles(rows);
    for (int tile = 0; tile < VECTORS.tiles(results.batch()); tile++) {
      FixedFunctions.tile(
          results.batch() - tile * VECTORS.rows(),
          vectors.asSlice(tile * tileBytes + at),
          scratch.weights,
          results.of(tile),
          FixedPoint.halves(stretch),
          tiles,
          ahead.step(),
          ahead.next((long) groups * tiles),
          results.strideBytes(tile),
          col == 0 ? 1 : 0);
    }
  }
}
