package io.quant4j.core.algorithm.optimal;

import io.quant4j.core.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** Blocks of 256 elements with a scale and a minimum per group. */
final class AffineBlocks implements BlockSearch {
  private final AffineBlockSearch search;
  private final int offsetOfD;
  private final int offsetOfDmin;
  private final Packing packing;
  private final byte[] codes;

  /** How a format stores one block. */
  @FunctionalInterface
  interface Packing {
    void put(
        short d,
        short dmin,
        byte[] scales,
        byte[] minimums,
        byte[] codes,
        MemorySegment target,
        long block);
  }

  /**
   * @param offsetOfD bytes from the start of a block
   */
  AffineBlocks(
      AffineBlockSearch search, int elements, int offsetOfD, int offsetOfDmin, Packing packing) {
    this.search = search;
    this.offsetOfD = offsetOfD;
    this.offsetOfDmin = offsetOfDmin;
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
    float d = LittleEndian.half(reference, offset + offsetOfD);
    float dmin = LittleEndian.half(reference, offset + offsetOfDmin);
    search.fit(row, from, weights, weightsFrom, d, dmin);
  }

  @Override
  public void put(int block, float gain, MemorySegment target, long offset) {
    search.codes(codes);
    packing.put(
        Halves.times(search.d(), gain),
        Halves.times(search.dmin(), gain),
        search.scales(),
        search.minimums(),
        codes,
        target,
        offset);
  }
}
