package io.quant4j.core.algorithm.optimal;

import io.quant4j.core.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** Blocks of 256 elements with a signed scale per group. */
final class SymmetricBlocks implements BlockSearch {
  private final SymmetricBlockSearch search;
  private final int offsetOfD;
  private final int firstScale;
  private final Packing packing;
  private final byte[] scales;
  private final byte[] codes;

  /** How a format stores one block. */
  @FunctionalInterface
  interface Packing {
    void put(short d, byte[] scales, byte[] codes, MemorySegment target, long block);
  }

  /**
   * @param offsetOfD bytes from the start of a block
   * @param firstScale how the lowest scale is stored
   */
  SymmetricBlocks(
      SymmetricBlockSearch search,
      int groups,
      int elements,
      int offsetOfD,
      int firstScale,
      Packing packing) {
    this.search = search;
    this.offsetOfD = offsetOfD;
    this.firstScale = firstScale;
    this.packing = packing;
    scales = new byte[groups];
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
    search.fit(row, from, weights, weightsFrom, d);
  }

  @Override
  public void put(int block, float gain, MemorySegment target, long offset) {
    search.codes(codes);
    for (int g = 0; g < scales.length; g++) {
      scales[g] = (byte) (firstScale + search.scaleCode(g));
    }
    packing.put(Halves.times(search.d(), gain), scales, codes, target, offset);
  }
}
