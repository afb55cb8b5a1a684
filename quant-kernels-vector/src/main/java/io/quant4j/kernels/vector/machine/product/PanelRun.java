package io.quant4j.kernels.vector.machine.product;

import io.quant4j.api.spi.BlockFormat;
import java.lang.foreign.MemorySegment;

/**
 * The product of stored rows with several vectors. As in the kernels on the Vector API, a panel of
 * rows is decoded one stretch of columns at a time and multiplied in tiles, and accumulators wait
 * in memory between stretches. Vectors are packed first, so that tiles read them in one stream.
 *
 * @param weights the rows to multiply
 * @param cols a multiple of 16
 */
record PanelRun(
    BlockFormat format, PanelFunctions code, MemorySegment weights, int cols, Scratch scratch) {
  /** Columns decoded at a time: a multiple of every format's block. */
  private static final int STRETCH = 512;

  /** Tiles of rows decoded at a time: with {@link #STRETCH} 24 kB of floats, half of a cache. */
  private static final int TILES = 2;

  /** Vectors that one decoded panel is used for. */
  private static final int MAX_VECTORS = 128;

  private static final int PANEL_ROWS = TILES * TileCode.ROWS;
  private static final long TILE_BYTES = (long) TileCode.ROWS * STRETCH * Float.BYTES;
  private static final int TILE_RESULTS = TileCode.ROWS * TileCode.VECTORS;

  private static int tiles(int vectors) {
    return (vectors + TileCode.VECTORS - 1) / TileCode.VECTORS;
  }

  private long vectorTileBytes() {
    return (long) TileCode.VECTORS * cols * Float.BYTES;
  }

  /** Computes all results; those of vector b begin at {@code yOffset + b * yStride}. */
  void multiply(float[] x, int xOffset, int batch, float[] y, int yOffset, int yStride, int rows) {
    int most = tiles(Math.min(batch, MAX_VECTORS));
    long sumsBytes = (long) most * TILES * TileCode.SUM_BYTES;
    long packedBytes = most * vectorTileBytes();
    MemorySegment memory = scratch.memory(sumsBytes + TILES * TILE_BYTES + packedBytes);
    MemorySegment sums = memory.asSlice(0, sumsBytes);
    MemorySegment panel = memory.asSlice(sumsBytes, TILES * TILE_BYTES);
    MemorySegment packed = memory.asSlice(sumsBytes + TILES * TILE_BYTES, packedBytes);
    for (int first = 0; first < batch; first += MAX_VECTORS) {
      int vectors = Math.min(MAX_VECTORS, batch - first);
      pack(x, xOffset + first * cols, vectors, packed);
      for (int row = 0; row < rows; row += PANEL_ROWS) {
        int count = Math.min(PANEL_ROWS, rows - row);
        accumulate(row, count, panel, packed, tiles(vectors), sums);
        write(count, vectors, sums, y, yOffset + first * yStride + row, yStride);
      }
    }
  }

  private void pack(float[] x, int xOffset, int vectors, MemorySegment packed) {
    long bytes = (long) cols * Float.BYTES;
    Functions.rows(
        code.pack(),
        MemorySegment.ofArray(x).asSlice((long) xOffset * Float.BYTES, vectors * bytes),
        packed,
        packed,
        bytes,
        bytes,
        (vectors - 1) * bytes);
  }

  private void accumulate(
      int row,
      int rows,
      MemorySegment panel,
      MemorySegment packed,
      int vectorTiles,
      MemorySegment sums) {
    int tiles = (rows + TileCode.ROWS - 1) / TileCode.ROWS;
    for (int col = 0; col < cols; col += STRETCH) {
      int stretch = Math.min(STRETCH, cols - col);
      for (int tile = 0; tile < tiles; tile++) {
        int done = tile * TileCode.ROWS;
        decode(row + done, Math.min(TileCode.ROWS, rows - done), col, stretch, panel, tile);
      }
      Functions.tile(
          code.tile(),
          panel,
          packed.asSlice((long) col * TileCode.VECTORS * Float.BYTES),
          sums,
          vectorTileBytes(),
          vectorTiles,
          stretch,
          tiles,
          col == 0 ? 1 : 0);
    }
  }

  private void decode(int row, int rows, int col, int stretch, MemorySegment panel, int tile) {
    long rowBytes = format.byteSize(cols);
    Functions.rows(
        code.panel(),
        weights.asSlice(row * rowBytes + format.byteSize(col)),
        panel,
        panel.asSlice((long) tile * TileCode.ROWS * stretch * Float.BYTES),
        code.blocks(stretch),
        rowBytes,
        rows);
  }

  private void write(
      int rows, int vectors, MemorySegment sums, float[] y, int yFirst, int yStride) {
    int rowTiles = (rows + TileCode.ROWS - 1) / TileCode.ROWS;
    int count = tiles(vectors) * rowTiles * TILE_RESULTS;
    float[] results = scratch.results(count);
    Functions.sums(code.sums(), sums, MemorySegment.ofArray(results), count);
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
