package io.quant4j.kernels.vector.machine.fixed;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.VectorPreparation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;

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
  private final RowDecoder decoder;
  private final FixedVectors preparation;

  /**
   * A product.
   *
   * @param decoder for {@code format}
   */
  FixedMatMul(BlockFormat format, RowDecoder decoder, FixedVectors preparation) {
    this.format = format;
    this.decoder = decoder;
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
    check(cols, batch, y, yOffset, yStride, rowBegin, rowEnd);
    MemorySegment vectors = prepared.asSlice(0, preparation.byteSize(cols, batch));
    FixedScratch scratch = FixedScratch.take();
    try {
      MemorySegment results = scratch.results(VECTORS.tiles(batch) * VECTORS.rows());
      for (int row = rowBegin; row < rowEnd; row += FixedScratch.ROWS) {
        int rows = Math.min(FixedScratch.ROWS, rowEnd - row);
        for (int col = 0; col < cols; col += FixedScratch.STRETCH) {
          int stretch = Math.min(FixedScratch.STRETCH, cols - col);
          round(weights, cols, row, rows, col, stretch, scratch);
          multiply(scratch, rows, vectors, cols, col, stretch, batch, results);
        }
        write(results, rows, batch, y, yOffset + row, yStride);
      }
    } finally {
      scratch.giveBack();
    }
  }

  private void check(
      int cols, int batch, float[] y, int yOffset, int yStride, int rowBegin, int rowEnd) {
    if (cols < 1 || cols % format.blockElements() != 0) {
      throw new InvalidRequestException(
          ErrorLocation.subject(format.id().name()),
          cols + " elements are no whole number of blocks of " + format.blockElements(),
          "Choose a format whose block divides the row.");
    }
    long last = yOffset + (long) (batch - 1) * yStride;
    Objects.checkFromToIndex(yOffset + rowBegin, yOffset + rowEnd, y.length);
    Objects.checkFromToIndex(last + rowBegin, last + rowEnd, y.length);
  }

  /** Decodes a stretch of each row, fills it up to whole groups with zeros, and rounds it. */
  private void round(
      MemorySegment weights,
      int cols,
      int row,
      int rows,
      int col,
      int stretch,
      FixedScratch scratch) {
    long rowBytes = format.byteSize(cols);
    int groups = FixedPoint.groups(stretch);
    Arrays.fill(scratch.row, stretch, groups * FixedPoint.GROUP, 0);
    for (int r = 0; r < rows; r++) {
      long from = (row + r) * rowBytes + format.byteSize(col);
      decoder.decode(weights, from, scratch.row, 0, stretch);
      long tile = (long) r / WEIGHTS.rows() * groups * WEIGHTS.bytes();
      int place = r % WEIGHTS.rows();
      FixedFunctions.roundWeights(
          scratch.floats,
          scratch.weights.asSlice(tile + (long) place * GroupLayout.VECTOR_BYTES),
          scratch.weights.asSlice(tile + WEIGHTS.scalesAt() + (long) place * WEIGHTS.scaleBytes()),
          groups);
    }
  }

  private static void multiply(
      FixedScratch scratch,
      int rows,
      MemorySegment vectors,
      int cols,
      int col,
      int stretch,
      int batch,
      MemorySegment results) {
    long tileBytes = FixedVectors.tileBytes(cols);
    long at = (long) FixedPoint.groups(col) * VECTORS.bytes();
    long resultBytes = (long) VECTORS.rows() * FixedScratch.ROWS * Float.BYTES;
    for (int tile = 0; tile < VECTORS.tiles(batch); tile++) {
      FixedFunctions.tile(
          batch - tile * VECTORS.rows(),
          vectors.asSlice(tile * tileBytes + at),
          scratch.weights,
          results.asSlice(tile * resultBytes),
          FixedPoint.groups(stretch),
          WEIGHTS.tiles(rows),
          col == 0 ? 1 : 0);
    }
  }

  private static void write(
      MemorySegment results, int rows, int batch, float[] y, int yOffset, int yStride) {
    for (int b = 0; b < batch; b++) {
      MemorySegment.copy(
          results,
          ValueLayout.JAVA_FLOAT,
          (long) b * FixedScratch.ROWS * Float.BYTES,
          y,
          yOffset + b * yStride,
          rows);
    }
  }
}
