package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/** Codes of Q4_K, and their lower bits in Q5_K: the lower, then the upper halves of 32 bytes. */
final class NibblePairs {
  private static final int BYTES = 32;

  private final Simd halves;
  private final Simd mask;

  /** Takes two constants. */
  NibblePairs(Constants constants) {
    this.halves = constants.bytes(i -> i % 8 * 8 + (i < BYTES ? 0 : 4));
    this.mask = constants.bytes(i -> 15);
  }

  /** Writes code that makes {@link AffineScales#CODES} those of 128 elements. */
  void write(Assembler a, Gpr block, int offset, int pair) {
    for (int i = 0; i < 2; i++) {
      Simd codes = AffineScales.CODES[i];
      a.vbroadcasti64x4(codes, Mem.at(block, offset + (2 * pair + i) * BYTES));
      a.vpmultishiftqb(codes, halves, codes);
      a.vpandd(codes, codes, mask);
    }
  }
}
