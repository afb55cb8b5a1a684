package io.quant4j.kernels.vector.machine.product;

import io.quant4j.api.spi.BlockFormat;
import java.lang.foreign.MemorySegment;

/**
 * The product of stored rows with several vectors, as {@link
 * io.quant4j.kernels.vector.matmul.PanelProduct} does it: a panel of rows is decoded one stretch of
 * columns at a time and multiplied in tiles; accumulators wait in memory between stretches.
 *
 * <p>Holds the scratch of one call.
 */
final class PanelRun {
  /** Columns decoded at a time: a multiple of every format's block. */
  private static final int STRETCH = Integer.getInteger("stretch", 512);

  /** Tiles of rows decoded at a time: with {@link #STRETCH} 24 kB of floats, half of a cache. */
  private static final int TILES = Integer.getInteger("tiles", 2);

  /** Vectors that one decoded panel is used for. */
  private static final int MAX_VECTORS = Integer.getInteger("maxv", 256);

  private static final int TILE_FLOATS = TileCode.SUM_BYTES / Float.BYTES;
  private static final int TILE_RESULTS = TileCode.ROWS * TileCode.VECTORS;

  private final BlockFormat format;
  private final PanelFunctions code;
  private final MemorySegment weights;
  private final int cols;
  private final MemorySegment x;
  private final int batch;
  private final MemorySegment panel;
  private final float[] sumsArray;
  private final MemorySegment sums;
  private final float[] results;

  /**
   * A product.
   *
   * @param weights the rows to multiply
   * @param cols a multiple of 16
   * @param x (batch, cols) from {@code xOffset}
   */
  PanelRun(
      BlockFormat format,
      PanelFunctions code,
      MemorySegment weights,
      int cols,
      float[] x,
      int xOffset,
      int batch) {
    this.format = format;
    this.code = code;
    this.weights = weights;
    this.cols = cols;
    this.x = MemorySegment.ofArray(x).asSlice((long) xOffset * Float.BYTES);
    this.batch = batch;
    this.panel = MemorySegment.ofArray(new float[TILES * TileCode.ROWS * Math.min(STRETCH, cols)]);
    int vectorTiles = tiles(Math.min(batch, MAX_VECTORS));
    this.sumsArray = new float[vectorTiles * TILES * TILE_FLOATS];
    this.sums = MemorySegment.ofArray(sumsArray);
    this.results = new float[vectorTiles * TILES * TILE_RESULTS];
  }

  private static int tiles(int vectors) {
    return (vectors + TileCode.VECTORS - 1) / TileCode.VECTORS;
  }

  /** Computes all results; those of vector b begin at {@code yOffset + b * yStride}. */
  void multiply(float[] y, int yOffset, int yStride, int rows) {
    int panelRows = TILES * TileCode.ROWS;
    for (int first = 0; first < batch; first += MAX_VECTORS) {
      int vectors = Math.min(MAX_VECTORS, batch - first);
      for (int row = 0; row < rows; row += panelRows) {
        int count = Math.min(panelRows, rows - row);
        accumulate(row, count, first, vectors);
        write(count, vectors, y, yOffset + first * yStride + row, yStride);
      }
    }
  }

  private void accumulate(int row, int rows, int first, int vectors) {
    long rowBytes = format.byteSize(cols);
    int tiles = (rows + TileCode.ROWS - 1) / TileCode.ROWS;
    long xStride = (long) cols * Float.BYTES;
    for (int col = 0; col < cols; col += STRETCH) {
      int stretch = Math.min(STRETCH, cols - col);
      long bytes = format.byteSize(stretch);
      long blocks = format.blockElements() == 1 ? stretch / 16 : bytes / format.blockBytes();
      Functions.rows(
          code.panel(),
          weights.asSlice(row * rowBytes + format.byteSize(col)),
          panel,
          panel,
          blocks,
          rowBytes,
          rows);
      Functions.tile(
          code.tile(),
          panel,
          x.asSlice(first * xStride + (long) col * Float.BYTES),
          sums,
          xStride,
          (vectors - 1) * xStride,
          (long) stretch * Float.BYTES,
          tiles,
          col == 0 ? 1 : 0);
    }
  }

  private void write(int rows, int vectors, float[] y, int yFirst, int yStride) {
    int rowTiles = (rows + TileCode.ROWS - 1) / TileCode.ROWS;
    int vectorTiles = tiles(vectors);
    MemorySegment out = MemorySegment.ofArray(results);
    Functions.sums(code.sums(), sums, out, (long) vectorTiles * rowTiles * TILE_RESULTS);
    for (int v = 0; v < vectors; v++) {
      int from = v / TileCode.VECTORS * rowTiles * TILE_RESULTS + v % TileCode.VECTORS;
      int to = yFirst + v * yStride;
      for (int r = 0; r < rows; r++) {
        y[to + r] =
            results[from + r / TileCode.ROWS * TILE_RESULTS + r % TileCode.ROWS * TileCode.VECTORS];
      }
    }
  }
}
