package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.SixBitScales;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;
import io.quant4j.kernels.vector.machine.product.Constants;

/**
 * The eight scales and eight minimums of {@link SixBitScales} as bytes. With s, m and b the three
 * ints in memory, 64 bits are s and b for the scales, m and b for the minimums: four numbers are
 * the lower six bits of bytes of s or m, four are four bits of bytes of b and the two upper bits of
 * bytes of s or m.
 */
final class SixBitBytes {
  /** Place of the minimums. */
  static final int MINIMUMS = 8;

  /** Place of a byte that is zero. */
  static final int ZERO = 16;

  /** {@code vpshufd}: s, b, m, b. */
  private static final int ORDER = 0b10_01_10_00;

  private final Simd lower;
  private final Simd lowerMask;
  private final Simd upper;
  private final Simd upperMask;

  /** Takes four constants. */
  SixBitBytes(Constants constants) {
    this.lower = constants.bytes(i -> i % 8 * 8 + (i % 16 >= 12 ? 4 : 0));
    this.lowerMask = constants.bytes(i -> i % 8 < 4 ? 63 : 15);
    this.upper = constants.bytes(i -> i % 4 * 8 + 2);
    this.upperMask = constants.bytes(i -> i % 8 < 4 ? 0 : 0x30);
  }

  /**
   * Writes code that unpacks them.
   *
   * @param packed 16 bytes of which the first 12 are packed numbers
   * @param numbers becomes 16 bytes and zeros behind them
   * @param scratch overwritten
   */
  void write(Assembler a, Mem packed, Simd numbers, Simd scratch) {
    a.vpshufd(scratch.quarter(), packed, ORDER);
    a.vpmultishiftqb(numbers.quarter(), lower.quarter(), scratch.quarter());
    a.vpmultishiftqb(scratch.quarter(), upper.quarter(), scratch.quarter());
    a.vpandd(numbers.quarter(), numbers.quarter(), lowerMask.quarter());
    a.vpternlogd(numbers.quarter(), scratch.quarter(), upperMask.quarter(), Ternary.OR_AND);
  }
}
