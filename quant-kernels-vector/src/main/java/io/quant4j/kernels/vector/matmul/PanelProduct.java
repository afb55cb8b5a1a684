package io.quant4j.kernels.vector.matmul;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.RowDecoder;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The product of stored rows with several vectors. A panel of rows is decoded one stretch of
 * columns at a time to floats that stay in the cache, and multiplied in {@link Tile}s; the
 * accumulators wait in memory between stretches. So each weight is decoded once per {@link
 * #MAX_VECTORS} vectors, and neither rows nor vectors are read from far away once per tile.
 *
 * <p>The decoder is called for whole stretches only: a call that is not inlined costs little there.
 *
 * <p>Holds the scratch of one call.
 */
final class PanelProduct {
  /** Columns decoded at a time: a multiple of every format's block and of the lanes. */
  private static final int STRETCH = 512;

  /** Rows decoded at a time; with {@link #STRETCH} 32 kB of floats. */
  private static final int PANEL_ROWS = 4 * Tile.ROWS;

  /** Vectors that one decoded panel is used for; their accumulators take at most 48 kB. */
  private static final int MAX_VECTORS = 16 * Tile.VECTORS;

  private final BlockFormat format;
  private final RowDecoder decoder;
  private final MemorySegment weights;
  private final int cols;
  private final float[] x;
  private final int xOffset;
  private final int xStride;
  private final int batch;
  private final float[] panel;
  private final float[] sums;

  /**
   * See {@link io.quant4j.api.spi.MatMulKernel#multiply}.
   *
   * @param decoder for {@code format}
   */
  PanelProduct(
      BlockFormat format,
      RowDecoder decoder,
      MemorySegment weights,
      int cols,
      float[] x,
      int xOffset,
      int batch) {
    this.format = format;
    this.decoder = decoder;
    this.weights = weights;
    this.cols = cols;
    this.batch = batch;
    int padded = Rows.padded(cols);
    if (padded == cols) {
      this.x = x;
      this.xOffset = xOffset;
    } else {
      this.x = Rows.pad(x, xOffset, cols, batch);
      this.xOffset = 0;
    }
    this.xStride = padded;
    this.panel = new float[PANEL_ROWS * Math.min(STRETCH, padded)];
    this.sums =
        new float[PANEL_ROWS / Tile.ROWS * tiles(Math.min(batch, MAX_VECTORS)) * Tile.FLOATS];
  }

  /** Computes rows {@code rowBegin <= r < rowEnd} of all results. */
  void multiply(float[] y, int yOffset, int yStride, int rowBegin, int rowEnd) {
    for (int first = 0; first < batch; first += MAX_VECTORS) {
      int vectors = Math.min(MAX_VECTORS, batch - first);
      for (int row = rowBegin; row < rowEnd; row += PANEL_ROWS) {
        int rows = Math.min(PANEL_ROWS, rowEnd - row);
        accumulate(row, rows, first, vectors);
        write(rows, vectors, y, yOffset + first * yStride + row, yStride);
      }
    }
  }

  private void accumulate(int row, int rows, int first, int vectors) {
    Arrays.fill(sums, 0);
    for (int col = 0; col < cols; col += STRETCH) {
      int stretch = Math.min(STRETCH, cols - col);
      int padded = Rows.padded(stretch);
      decode(row, rows, col, stretch, padded);
      int at = 0;
      for (int v = 0; v < vectors; v += Tile.VECTORS) {
        int x0 = xOffset + (first + v) * xStride + col;
        // Beyond the last vector the tile repeats it; what it gives there is not used.
        int x1 = v + 1 < vectors ? x0 + xStride : x0;
        int x2 = v + 2 < vectors ? x1 + xStride : x1;
        for (int r = 0; r < rows; r += Tile.ROWS) {
          Tile.add(panel, r * padded, padded, x, x0, x1, x2, padded, sums, at);
          at += Tile.FLOATS;
        }
      }
    }
  }

  /** Fills the panel with a stretch of each row, and zeros up to a whole number of lanes. */
  private void decode(int row, int rows, int col, int stretch, int padded) {
    long rowBytes = format.byteSize(cols);
    long offset = row * rowBytes + format.byteSize(col);
    for (int r = 0; r < rows; r++) {
      int target = r * padded;
      decoder.decode(weights, offset + r * rowBytes, panel, target, stretch);
      Arrays.fill(panel, target + stretch, target + padded, 0);
    }
  }

  private void write(int rows, int vectors, float[] y, int yFirst, int yStride) {
    int at = 0;
    for (int v = 0; v < vectors; v += Tile.VECTORS) {
      int tileVectors = Math.min(Tile.VECTORS, vectors - v);
      for (int r = 0; r < rows; r += Tile.ROWS) {
        int tileRows = Math.min(Tile.ROWS, rows - r);
        for (int i = 0; i < tileRows; i++) {
          for (int j = 0; j < tileVectors; j++) {
            y[yFirst + (v + j) * yStride + r + i] = Tile.result(sums, at, i, j);
          }
        }
        at += Tile.FLOATS;
      }
    }
  }

  private static int tiles(int vectors) {
    return (vectors + Tile.VECTORS - 1) / Tile.VECTORS;
  }
}
