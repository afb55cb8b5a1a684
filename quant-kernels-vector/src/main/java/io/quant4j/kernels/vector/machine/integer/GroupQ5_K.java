package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Q5_K;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.RowCode;

/** A block of Q5_K: as Q4_K, and a fifth bit of each code in one of 32 bytes. */
final class GroupQ5_K implements RowCode {
  private static final int STEPS = 4;
  private static final Simd NUMBERS = Simd.zmm(11);
  private static final Simd BITS = Simd.zmm(12);
  private static final Simd MOVED = Simd.zmm(13);

  private final AffineScales scales;
  private final NibblePairs nibbles;
  private final Simd[] moves = new Simd[STEPS];
  private final Simd fifth;

  GroupQ5_K(Constants constants) {
    this.scales = new AffineScales(constants);
    this.nibbles = new NibblePairs(constants);
    for (int step = 0; step < STEPS; step++) {
      int bit = 2 * step;
      moves[step] = constants.bytes(i -> i % 8 * 8 + bit + i / 32 - 4 & 63);
    }
    this.fifth = constants.bytes(i -> 16);
  }

  @Override
  public int bytes() {
    return Q5_K.BLOCK_BYTES;
  }

  @Override
  public int vectorBytes() {
    return IntegerVector.BYTES;
  }

  @Override
  public void write(Assembler a, Gpr weights, int slot, Gpr vector, Simd sum) {
    scales.begin(a, weights, NUMBERS);
    a.vbroadcasti64x4(BITS, Mem.at(weights, Q5_K.QH_OFFSET));
    for (int pair = 0; pair < ScaledProducts.PAIRS; pair++) {
      nibbles.write(a, weights, Q5_K.QS_OFFSET, pair);
      for (int i = 0; i < 2; i++) {
        a.vpmultishiftqb(MOVED, moves[2 * pair + i], BITS);
        a.vpternlogd(AffineScales.CODES[i], MOVED, fifth, Ternary.OR_AND);
      }
      scales.add(a, NUMBERS, vector, pair);
    }
    scales.end(a, weights, NUMBERS, vector, sum);
  }
}
