package io.quant4j.core.algorithm.optimal;

import java.lang.foreign.MemorySegment;

/** Blocks of 32 elements with a scale and an offset each. */
final class AffineRows implements BlockSearch {
  private final AffineRowSearch search;
  private final Packing packing;
  private final byte[] codes;

  /** How a format stores one block. */
  @FunctionalInterface
  interface Packing {
    void put(short d, short m, byte[] codes, MemorySegment target, long block);
  }

  AffineRows(AffineRowSearch search, int elements, Packing packing) {
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
    short d = Halves.times(search.d(block), gain);
    packing.put(d, Halves.times(search.offset(block), gain), codes, target, offset);
  }
}
