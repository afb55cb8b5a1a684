package io.quant4j.api.spi;

/**
 * Softmax attention a tile of positions at a time, for all query heads that share a key/value head
 * (online softmax: Milakov and Gimelshein 2018). Each query keeps the largest score so far, the sum
 * of its weights exp(score - largest) and the sum of the values weighted so; when a tile brings a
 * larger score, both sums are scaled to it. Core begins the sums, brings the tiles as floats,
 * whatever the cache keeps them as, and divides in the end.
 */
@FunctionalInterface
public interface AttentionKernel {
  /** Positions of a tile. */
  int TILE = 64;

  /** Floats of scratch that a call may use: the scores of sixteen queries, and as much for each. */
  int SCRATCH = 20 * TILE;

  /**
   * Takes in a tile. Row r attends to the positions {@code visible + r - window <= t < visible + r}
   * of it, without window to all {@code t < visible + r}; if there are none, nothing of the row
   * changes. The result of a row does not depend on the rows beside it, and positions that it does
   * not attend to are not used, be they NaN.
   *
   * @param shape its soft cap is 0, unless the kernel is one for soft caps
   * @param query row r begins at {@code queryOffset + r * queryDim} with the heads of the group
   * @param rows tokens
   * @param keys (headDim, TILE): the first elements of all keys, then the second ones
   * @param values (TILE, headDim)
   * @param visible position behind the last one of the tile that row 0 attends to; at most 0 if it
   *     attends to none, and beyond the tile if the row is
   * @param largest (rows, groupSize) largest scores so far; at first negative infinity
   * @param weights (rows, groupSize) sums of weights so far; at first 0
   * @param sums (rows, groupSize, headDim) weighted sums of values so far; at first 0
   * @param scratch {@link #SCRATCH} floats
   */
  void take(
      AttentionShape shape,
      float[] query,
      int queryOffset,
      int rows,
      float[] keys,
      float[] values,
      int visible,
      float[] largest,
      float[] weights,
      float[] sums,
      float[] scratch);
}
