package io.quant4j.core.format;

import java.lang.foreign.MemorySegment;

/**
 * 256 codes of 2 bits in 64 bytes, as {@link Q2_K}, {@link Q3_K} and {@link TQ2_0} store them: byte
 * 32h + l holds elements 128h + l, 128h + 32 + l, 128h + 64 + l and 128h + 96 + l in bits 0-1, 2-3,
 * 4-5 and 6-7.
 */
final class TwoBitCodes {
  private static final int ELEMENTS = 256;
  private static final int HALF = ELEMENTS / 2;
  private static final int QUARTER = HALF / 4;

  private TwoBitCodes() {}

  /**
   * Code of element i, 0 to 3.
   *
   * @param offset of the 64 bytes
   */
  static int at(MemorySegment source, long offset, int i) {
    long place = offset + i / HALF * QUARTER + i % QUARTER;
    return LittleEndian.unsignedByte(source, place) >> 2 * (i % HALF / QUARTER) & 3;
  }

  /** Stores the lower two bits of each of 256 codes. */
  static void put(byte[] codes, MemorySegment target, long offset) {
    for (int half = 0; half < ELEMENTS; half += HALF) {
      for (int l = half; l < half + QUARTER; l++) {
        int bits =
            codes[l] & 3
                | (codes[l + QUARTER] & 3) << 2
                | (codes[l + 2 * QUARTER] & 3) << 4
                | (codes[l + 3 * QUARTER] & 3) << 6;
        LittleEndian.putByte(target, offset + half / 4 + l - half, bits);
      }
    }
  }
}
