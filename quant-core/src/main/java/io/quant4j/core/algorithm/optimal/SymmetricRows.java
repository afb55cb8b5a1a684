package io.quant4j.core.algorithm.optimal;

import java.lang.foreign.MemorySegment;

/** Blocks of 32 elements with a signed scale each. */
final class SymmetricRows implements BlockSearch {
  private final SymmetricRowSearch search;
  private final Packing packing;
  private final byte[] codes;

  /** How a format stores one block. */
  @FunctionalInterface
  interface Packing {
    void put(short d, byte[] codes, MemorySegment target, long block);
  }

  SymmetricRows(SymmetricRowSearch search, int elements, Packing packing) {
    this.search = search;
    this.packing = packing;
    codes = new byte[elements];
  }

  @Override
  public void search(
      float[] row,
      int from,
      float[] weights,
      int weightsFrom,
      MemorySegment reference,
      long offset) {
    search.fit(row, from, weights, weightsFrom);
  }

  @Override
  public void put(int block, float gain, MemorySegment target, long offset) {
    search.codes(block, codes);
    packing.put(Halves.times(search.d(block), gain), codes, target, offset);
  }
}
