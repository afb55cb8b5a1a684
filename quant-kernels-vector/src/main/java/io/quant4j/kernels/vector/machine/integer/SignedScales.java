package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Q3_K;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;
import io.quant4j.kernels.vector.machine.product.Constants;

/** The sixteen scales of Q3_K as signed bytes. */
final class SignedScales {
  private static final int UPPER_OFFSET = 8;

  private final Simd lower;
  private final Simd lowerMask;
  private final Simd upper;
  private final Simd upperMask;
  private final Simd zero;
  private final Simd[] choices = new Simd[ScaledProducts.PAIRS];

  /** Takes seven constants. */
  SignedScales(Constants constants) {
    this.lower = constants.bytes(i -> i % 8 * 8 + i / 8 * 4);
    this.lowerMask = constants.bytes(i -> 15);
    this.upper = constants.bytes(i -> i % 4 * 8 + i / 4 * 2 - 4 & 63);
    this.upperMask = constants.bytes(i -> 3 << 4);
    this.zero = constants.bytes(i -> Q3_K.ZERO_SCALE);
    for (int pair = 0; pair < choices.length; pair++) {
      choices[pair] = ScaledProducts.signedScales(constants, pair, Q3_K.GROUP_ELEMENTS);
    }
  }

  /**
   * Writes code that unpacks them.
   *
   * @param scales become 16 bytes
   * @param scratch overwritten
   */
  void write(Assembler a, Gpr block, Simd scales, Simd scratch) {
    Simd bytes = scales.quarter();
    Simd bits = scratch.quarter();
    a.vpbroadcastq(bytes, Mem.at(block, Q3_K.SCALES_OFFSET));
    a.vpmultishiftqb(bytes, lower.quarter(), bytes);
    a.vpandd(bytes, bytes, lowerMask.quarter());
    a.vpbroadcastd(bits, Mem.at(block, Q3_K.SCALES_OFFSET + UPPER_OFFSET));
    a.vpmultishiftqb(bits, upper.quarter(), bits);
    a.vpternlogd(bytes, bits, upperMask.quarter(), Ternary.OR_AND);
    a.vpsubb(bytes, bytes, zero.quarter());
  }

  /** Writes code that puts the scales of 128 elements as {@link ScaledProducts} wants them. */
  void choose(Assembler a, Simd words, int pair, Simd to) {
    a.vpermw(to, choices[pair], words);
  }
}
