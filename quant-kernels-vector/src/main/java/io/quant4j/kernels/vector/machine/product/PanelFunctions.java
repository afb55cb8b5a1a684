package io.quant4j.kernels.vector.machine.product;

import java.lang.foreign.MemorySegment;

/**
 * The code of products with many vectors.
 *
 * @param panel {@link PanelCode} of a format
 * @param tile {@link TileCode}
 * @param sums {@link SumsCode}
 */
record PanelFunctions(MemorySegment panel, MemorySegment tile, MemorySegment sums) {}
