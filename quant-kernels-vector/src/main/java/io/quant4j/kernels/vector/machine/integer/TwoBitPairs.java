package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/**
 * Codes of Q2_K, and their lower bits in Q3_K: 32 bytes hold those of 128 elements, 32 to each pair
 * of bits.
 */
final class TwoBitPairs {
  private static final int BYTES = 32;

  private final Simd[] moves = new Simd[2];
  private final Simd mask;

  /** Takes three constants. */
  TwoBitPairs(Constants constants) {
    for (int i = 0; i < moves.length; i++) {
      int bit = 4 * i;
      moves[i] = constants.bytes(j -> j % 8 * 8 + bit + j / BYTES * 2);
    }
    this.mask = constants.bytes(i -> 3);
  }

  /** Writes code that makes two registers the codes of 128 elements. */
  void write(Assembler a, Mem bytes, Simd first, Simd second) {
    a.vbroadcasti64x4(second, bytes);
    a.vpmultishiftqb(first, moves[0], second);
    a.vpmultishiftqb(second, moves[1], second);
    a.vpandd(first, first, mask);
    a.vpandd(second, second, mask);
  }

  /** The bytes of 128 elements. */
  static Mem bytes(Gpr block, int offset, int pair) {
    return Mem.at(block, offset + pair * BYTES);
  }
}
