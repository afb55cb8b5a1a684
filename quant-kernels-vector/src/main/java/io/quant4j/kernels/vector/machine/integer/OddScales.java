package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import java.util.function.IntUnaryOperator;

/** Scales of a few bits s as the odd numbers 2 s + 1, for the lanes of {@link BlockSums}. */
final class OddScales {
  private final Mem move;
  private final Mem mask;
  private final Mem one;

  /**
   * Takes no register.
   *
   * @param bits of a scale
   * @param bitOf the first bit of a lane's scale in 64 bits
   */
  OddScales(Constants constants, int bits, IntUnaryOperator bitOf) {
    // Shifted left by one.
    this.move = constants.storedBytes(i -> bitOf.applyAsInt(i % 16) - 1 & 63);
    this.mask = constants.storedBytes(i -> (1 << bits) - 1 << 1);
    this.one = constants.storedBytes(i -> 1);
  }

  /** The bit of a nibble of the scale of each 16 elements, for a lane. */
  static int nibbleOf16(int lane) {
    return 4 * (lane % 4 * 4 + lane / 4);
  }

  /**
   * Writes code that unpacks them.
   *
   * @param stored 8 bytes
   * @param scratch overwritten
   */
  void write(Assembler a, Mem stored, Simd scales, Simd scratch) {
    a.vpbroadcastq(scales.quarter(), stored);
    unpack(a, scales, scratch);
  }

  /**
   * Writes code that unpacks two times 64 bits, each for eight lanes.
   *
   * @param scales begin as 16 bytes
   * @param scratch overwritten
   */
  void unpack(Assembler a, Simd scales, Simd scratch) {
    Simd bytes = scales.quarter();
    a.vmovups(scratch.quarter(), move);
    a.vpmultishiftqb(bytes, scratch.quarter(), bytes);
    a.vpandd(bytes, bytes, mask);
    a.vpord(bytes, bytes, one);
    a.vpmovsxbd(scales, bytes);
  }
}
