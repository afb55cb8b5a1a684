package io.quant4j.core.algorithm.optimal;

import java.lang.foreign.MemorySegment;

/**
 * Search for the best blocks of one format. Holds scratch and the latest result: for one thread.
 */
interface BlockSearch {

  /**
   * Searches a few blocks that follow each other.
   *
   * @param row elements, the first block's from {@code from}
   * @param weights of the squared errors, the first block's from {@code weightsFrom}
   * @param reference the blocks as another encoder chose them, from {@code offset}
   */
  void search(
      float[] row,
      int from,
      float[] weights,
      int weightsFrom,
      MemorySegment reference,
      long offset);

  /**
   * Stores a block found.
   *
   * @param block index in the latest search
   * @param gain factor of all numbers of the block, near 1
   */
  void put(int block, float gain, MemorySegment target, long offset);
}
