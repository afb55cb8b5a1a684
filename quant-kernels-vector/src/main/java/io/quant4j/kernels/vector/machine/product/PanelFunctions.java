package io.quant4j.kernels.vector.machine.product;

import java.lang.foreign.MemorySegment;

/**
 * The code of products with many vectors.
 *
 * @param elements that the panel's code decodes at a time
 * @param pack {@link PackCode}
 * @param panel {@link PanelCode} of a format
 * @param tile {@link TileCode}
 * @param sums {@link SumsCode}
 */
record PanelFunctions(
    int elements, MemorySegment pack, MemorySegment panel, MemorySegment tile, MemorySegment sums) {

  /** Blocks of code in a number of columns. */
  int blocks(int cols) {
    return cols / elements;
  }
}
