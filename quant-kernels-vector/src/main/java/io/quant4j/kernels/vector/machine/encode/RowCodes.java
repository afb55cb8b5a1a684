package io.quant4j.kernels.vector.machine.encode;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.kernels.vector.machine.product.Functions;
import java.lang.foreign.MemorySegment;

/**
 * Takes and stores the codes of a row by generated code.
 *
 * @param size elements of a group
 * @param code {@link CodesCode}
 */
record RowCodes(BlockFormat format, int size, MemorySegment code) {
  /** Stored in one call: some tens of microseconds, in which garbage collection waits. */
  private static final int CALL_BLOCKS = 1 << 8;

  /** Below the lowest code of every format, while negligible elements do not change it. */
  private static final float BELOW_ALL = -1000;

  /**
   * Stores the codes of blocks.
   *
   * @param from first element of the row
   * @param maps {@link CodesCode#MAP_FLOATS} for each group
   * @param target the blocks
   */
  void store(float[] row, int from, float[] maps, MemorySegment target) {
    int blockBytes = format.blockBytes();
    int elements = format.blockElements();
    int blocks = (int) (target.byteSize() / blockBytes);
    int mapFloats = elements / size * CodesCode.MAP_FLOATS;
    MemorySegment x =
        MemorySegment.ofArray(row).asSlice((long) from * Float.BYTES, bytes(blocks * elements));
    MemorySegment groups = MemorySegment.ofArray(maps).asSlice(0, bytes(blocks * mapFloats));
    for (int b = 0; b < blocks; b += CALL_BLOCKS) {
      Functions.rows(
          code,
          x.asSlice(bytes(b * elements)),
          groups.asSlice(bytes(b * mapFloats)),
          target.asSlice((long) b * blockBytes),
          Math.min(CALL_BLOCKS, blocks - b),
          blockBytes,
          0);
    }
  }

  private static long bytes(int floats) {
    return (long) floats * Float.BYTES;
  }

  /** Codes that are the nearest of {@code (x + addend) / divisor}. */
  static void divide(float[] maps, int group, float addend, float divisor) {
    put(maps, group, addend, divisor, 1);
  }

  /** Codes that are the nearest of {@code (x - offset) * factor}. */
  static void multiply(float[] maps, int group, float offset, float factor) {
    put(maps, group, -offset, 1, factor);
  }

  /** Codes that are the lowest, for negligible elements. */
  static void lowest(float[] maps, int group) {
    put(maps, group, BELOW_ALL, 1, 1);
  }

  private static void put(float[] maps, int group, float addend, float divisor, float factor) {
    int at = group * CodesCode.MAP_FLOATS;
    maps[at] = addend;
    maps[at + 1] = divisor;
    maps[at + 2] = factor;
  }
}
