package io.quant4j.core.format;

import java.lang.foreign.MemorySegment;

/**
 * Eight scales and eight minimums of 6 bits in 12 bytes, as {@link Q4_K} and {@link Q5_K} store
 * them. Upstream: {@code get_scale_min_k4} in {@code ggml-quants.c}.
 *
 * <table>
 * <caption>The 12 bytes, j = 0 to 3</caption>
 * <tr><th>byte</th><th>bits 0-3</th><th>bits 4-5</th><th>bits 6-7</th></tr>
 * <tr><td>j</td><td colspan="2">scale j</td><td>upper two bits of scale j + 4</td></tr>
 * <tr><td>j + 4</td><td colspan="2">minimum j</td><td>upper two bits of minimum j + 4</td></tr>
 * <tr><td>j + 8</td><td>lower four bits of scale j + 4</td><td colspan="2">bits 4-7: lower four
 *     bits of minimum j + 4</td></tr>
 * </table>
 */
public final class SixBitScales {
  /** Bytes of the packed scales and minimums. */
  public static final int BYTES = 12;

  /** Largest scale or minimum. */
  static final int LARGEST = 63;

  private static final int LOW_SIX = 0x3f3f3f3f;
  private static final int LOW_FOUR = 0x0f0f0f0f;
  private static final int TWO_OF_SIX = 0x30303030;

  private SixBitScales() {}

  /**
   * All eight scales; scale j is bits 8j to 8j + 5 of the result.
   *
   * @param offset of the 12 bytes
   */
  public static long scales(MemorySegment source, long offset) {
    int first = source.get(LittleEndian.INT, offset);
    int shared = source.get(LittleEndian.INT, offset + 8);
    return join(first & LOW_SIX, shared & LOW_FOUR | first >>> 2 & TWO_OF_SIX);
  }

  /**
   * All eight minimums; minimum j is bits 8j to 8j + 5 of the result.
   *
   * @param offset of the 12 bytes
   */
  public static long minimums(MemorySegment source, long offset) {
    int first = source.get(LittleEndian.INT, offset + 4);
    int shared = source.get(LittleEndian.INT, offset + 8);
    return join(first & LOW_SIX, shared >>> 4 & LOW_FOUR | first >>> 2 & TWO_OF_SIX);
  }

  /** Number j of what {@link #scales} or {@link #minimums} returned, 0 to 63. */
  public static int at(long eight, int j) {
    return (int) (eight >>> 8 * j) & 63;
  }

  /**
   * Packs eight scales and eight minimums.
   *
   * @param scales 0 to 63 each
   * @param minimums 0 to 63 each
   * @param offset of the 12 bytes
   */
  public static void put(byte[] scales, byte[] minimums, MemorySegment target, long offset) {
    for (int j = 0; j < 4; j++) {
      int high = j + 4;
      LittleEndian.putByte(target, offset + j, scales[j] | scales[high] >> 4 << 6);
      LittleEndian.putByte(target, offset + j + 4, minimums[j] | minimums[high] >> 4 << 6);
      LittleEndian.putByte(target, offset + j + 8, scales[high] & 15 | minimums[high] << 4);
    }
  }

  private static long join(int low, int high) {
    return (long) high << 32 | low & 0xffffffffL;
  }
}
