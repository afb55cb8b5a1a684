package io.quant4j.core.format;

import java.lang.foreign.MemorySegment;

/** Upper bits of 32 codes of 5 bits, one 32-bit integer: bit i belongs to element i. */
final class FifthBits {
  private FifthBits() {}

  /** The upper bit of code i at its place in the code: 16 or 0. */
  static int at(int upper, int i) {
    return upper >>> i << 4 & 16;
  }

  /** Stores the upper bits of 32 codes. */
  static void put(byte[] codes, MemorySegment target, long offset) {
    int upper = 0;
    for (int i = 0; i < codes.length; i++) {
      upper |= codes[i] >> 4 << i;
    }
    target.set(LittleEndian.INT, offset, upper);
  }
}
