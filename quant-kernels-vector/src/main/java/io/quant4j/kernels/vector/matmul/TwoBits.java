package io.quant4j.kernels.vector.matmul;

import io.quant4j.kernels.vector.lanes.Sixteen;
import jdk.incubator.vector.IntVector;

/**
 * 256 codes of 2 bits in 64 bytes, in groups of sixteen, as Q2_K, Q3_K and TQ2_0 store them: half
 * of the elements has 32 bytes, which its four quarters of two groups share.
 */
final class TwoBits {
  private TwoBits() {}

  /** Where the sixteen bytes with the codes of a group are. */
  static int offset(int group) {
    return (group >> 3) * 32 + (group & 1) * Sixteen.LENGTH;
  }

  /** The codes of a group in its bytes. */
  static IntVector codes(IntVector packed, int group) {
    return Sixteen.bits(packed, 2 * (group >> 1 & 3), Sixteen.PAIR);
  }
}
