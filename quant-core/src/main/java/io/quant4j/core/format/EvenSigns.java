package io.quant4j.core.format;

/**
 * Signs of 8 elements in 7 bits: an even number of them is negative, so the last follows from the
 * others. Upstream: {@code ksigns_iq2xs} in {@code ggml-common.h}.
 */
final class EvenSigns {
  private static final int STORED = 0x7f;

  private EvenSigns() {}

  /** Bit i: element i is negative. */
  static int mask(int stored) {
    return stored | (Integer.bitCount(stored) & 1) << 7;
  }

  /** What is stored for such a mask. */
  static int stored(int mask) {
    return mask & STORED;
  }
}
