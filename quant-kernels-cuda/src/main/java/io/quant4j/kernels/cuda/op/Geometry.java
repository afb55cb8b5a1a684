package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.AttentionShape;
import io.quant4j.kernels.cuda.driver.Grid;

/** How each kind of kernel is spread over a device, as {@code KERNELS.md} states it. */
final class Geometry {
  private static final int BLOCK = 256;
  private static final int ROWS_OF_BLOCK = 16;
  private static final int COLUMNS_OF_BLOCK = 2_048;
  private static final int HEADS_OF_BLOCK = 4;
  private static final int GROUP_OF_BLOCK = 8;
  private static final int QUERIES_OF_BLOCK = 64;
  private static final int ATTENTION_BLOCK = 128;
  private static final int SLICE_OF_BLOCK = 1_024;
  private static final int TILE_MMA = 128;
  private static final int TILE_F32 = 64;
  private static final int MMA_SHARED_BYTES = 65_536;
  private static final int WARPGROUP_ROWS = 128;
  private static final int[] WARPGROUP_TILES = {64, 128, 256};
  private static final int[] WARPGROUP_TIMES = {5, 6, 9};
  private static final int WARPGROUP_THREADS = 384;
  private static final int PANEL_BLOCK = 512;
  private static final int PANEL_ROW_BYTES = 128;
  private static final int RING_BYTES = 2_048;
  private static final int MOST_SPLITS = 256;
  private static final int LEAST_SPLIT = 32;
  private static final int BLOCKS_OF_MULTIPROCESSOR = 4;

  /** Blocks of a grid in its second direction. */
  static final int MOST_ROW_BLOCKS = 65_535;

  private Geometry() {}

  /** A quotient, rounded up. */
  static int ceil(long a, int b) {
    return Math.toIntExact((a + b - 1) / b);
  }

  /** One thread for each element. */
  static Grid elements(long n) {
    return Grid.of(ceil(n, BLOCK), BLOCK);
  }

  /** One block for each row. */
  static Grid rows(int rows) {
    return Grid.of(rows, BLOCK);
  }

  /** One block for each row of the input of warpgroups. */
  static Grid panelRows(int rows) {
    return Grid.of(rows, PANEL_BLOCK);
  }

  /** Choice of experts: a warp for each token. */
  static Grid choice(int batch) {
    return Grid.of(batch, 32);
  }

  /** Mixture of experts. */
  static Grid mixture(int dim, int batch) {
    return Grid.of(ceil(dim, BLOCK), batch, BLOCK);
  }

  /** Search for the largest of many elements. */
  static Grid search(int elements) {
    return Grid.of(ceil(elements, SLICE_OF_BLOCK), SLICE_OF_BLOCK);
  }

  /** Decoding of rows, or of one row for each token. */
  static Grid decoding(int cols, int rows) {
    return Grid.of(ceil(cols, COLUMNS_OF_BLOCK), rows, BLOCK);
  }

  /** Putting blocks where a planar matrix has them. */
  static Grid planes(long blocks) {
    return Grid.of(ceil(blocks, 8), BLOCK);
  }

  /**
   * Products with few vectors.
   *
   * @param rows of all matrices together
   * @param vectors that one block multiplies at once
   * @param most blocks over which rows are dealt
   * @param sharedBytes of a block
   */
  static Grid products(long rows, int batch, int vectors, int most, int sharedBytes) {
    int blocks = Math.min(ceil(rows, ROWS_OF_BLOCK), most);
    return new Grid(ceil(batch, vectors), blocks, 1, BLOCK, sharedBytes);
  }

  /** Products of many vectors in 16-bit numbers. */
  static Grid tensorProducts(int batch, int rows) {
    return new Grid(ceil(batch, TILE_MMA), ceil(rows, TILE_MMA), 1, TILE_MMA, MMA_SHARED_BYTES);
  }

  /**
   * How many vectors a block of the products of warpgroups takes: 64, 128 or 256, by the time that
   * rounds over the device take, which was measured as 5, 6 and 9.
   */
  static int warpgroupTile(int batch, int rows, int multiprocessors) {
    int best = 0;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < WARPGROUP_TILES.length; i++) {
      int tile = WARPGROUP_TILES[i];
      long blocks = (long) ceil(batch, tile) * ceil(rows, WARPGROUP_ROWS);
      long time = WARPGROUP_TIMES[i] * (long) ceil(blocks, multiprocessors);
      if (time <= least) {
        best = tile;
        least = time;
      }
    }
    return best;
  }

  /**
   * Products of many vectors by warpgroups.
   *
   * @param tile vectors of a block: 64, 128 or 256
   * @param stored whether with stored blocks rather than 16-bit floats
   */
  static Grid warpgroupProducts(int batch, int rows, int tile, boolean stored) {
    return warpgroupTiles(ceil(batch, tile), rows, tile, stored);
  }

  /** How many vectors a block takes of those that go to one expert, by how many there may be. */
  static int expertTile(int slots, int experts) {
    int average = slots / experts;
    return average <= 48 ? 64 : average <= 112 ? 128 : 256;
  }

  /** The same for two matrices of so many rows, one of which gates the other. */
  static Grid warpgroupPairs(int batch, int rows, int tile, boolean stored) {
    Grid whole = warpgroupProducts(batch, rows, tile, stored);
    return new Grid(
        whole.x(), ceil(rows, WARPGROUP_ROWS / 2), 1, whole.block(), whole.sharedBytes());
  }

  /** The same for tiles of vectors that are counted already. */
  static Grid warpgroupTiles(int tiles, int rows, int tile, boolean stored) {
    int stages = stored ? (tile == 256 ? 4 : 8) : tile == 64 ? 8 : 4;
    int stageBytes = (tile + (stored ? 0 : WARPGROUP_ROWS)) * PANEL_ROW_BYTES;
    return new Grid(
        tiles, ceil(rows, WARPGROUP_ROWS), 1, WARPGROUP_THREADS, RING_BYTES + stages * stageBytes);
  }

  /** Products of many vectors in floats. */
  static Grid floatProducts(int batch, int rows) {
    return Grid.of(ceil(rows, TILE_F32), ceil(batch, TILE_F32), BLOCK);
  }

  /** Rotation and storage of the heads of new tokens. */
  static Grid rotateStore(int heads, int kvHeads, int batch) {
    return Grid.of(ceil(heads + 2L * kvHeads, HEADS_OF_BLOCK), batch, ATTENTION_BLOCK);
  }

  /** Blocks of one row and one split of attention. */
  static int attentionUnits(AttentionShape shape) {
    return shape.kvHeads() * ceil(shape.groupSize(), GROUP_OF_BLOCK);
  }

  /**
   * Over how many blocks the positions of a row are spread: enough to occupy the device, none with
   * less than is worth it. It depends on the room of the cache, not on what it holds, so that a
   * recorded pass stays right.
   */
  static int splits(AttentionShape shape, int capacity, int batch, int multiprocessors) {
    int wanted =
        ceil((long) BLOCKS_OF_MULTIPROCESSOR * multiprocessors, attentionUnits(shape) * batch);
    return Math.min(Math.min(MOST_SPLITS, ceil(capacity, LEAST_SPLIT)), wanted);
  }

  /** Attention of few rows. */
  static Grid splitAttention(AttentionShape shape, int splits, int batch) {
    return new Grid(attentionUnits(shape), splits, batch, ATTENTION_BLOCK, 0);
  }

  /** Attention of any head size. */
  static Grid plainAttention(AttentionShape shape, int batch) {
    return Grid.of(shape.heads(), batch, ATTENTION_BLOCK);
  }

  /** Attention of many rows. */
  static Grid rowAttention(AttentionShape shape, int batch) {
    int shared = (QUERIES_OF_BLOCK + 2 * 64) * (shape.headDim() + 8) * Short.BYTES;
    return new Grid(ceil(batch, QUERIES_OF_BLOCK), shape.heads(), 1, ATTENTION_BLOCK, shared);
  }
}
