package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Q2_K;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.RowCode;

/** A block of Q2_K. */
final class GroupQ2_K implements RowCode {
  private static final Simd FIRST = Simd.zmm(8);
  private static final Simd SECOND = Simd.zmm(9);
  private static final Simd SCALES = Simd.zmm(10);
  private static final Simd NUMBERS = Simd.zmm(11);

  /** A byte that is zero behind the scales. */
  private static final int ZERO = 16;

  private final TwoBitPairs codes;
  private final AffineEnd end;
  private final Simd lowFour;
  private final Simd[] scales = new Simd[ScaledProducts.PAIRS];

  GroupQ2_K(Constants constants) {
    this.codes = new TwoBitPairs(constants);
    this.end = new AffineEnd(constants, Q2_K.D_OFFSET);
    this.lowFour = constants.bytes(i -> i < ZERO ? 15 : 0);
    for (int pair = 0; pair < scales.length; pair++) {
      scales[pair] = ScaledProducts.unsignedScales(constants, 0, pair, Q2_K.GROUP_ELEMENTS, ZERO);
    }
  }

  @Override
  public int bytes() {
    return Q2_K.BLOCK_BYTES;
  }

  @Override
  public int vectorBytes() {
    return IntegerVector.BYTES;
  }

  @Override
  public void write(Assembler a, Gpr weights, int slot, Gpr vector, Simd sum) {
    a.vpandd(NUMBERS.quarter(), lowFour.quarter(), Mem.at(weights, Q2_K.SCALES_OFFSET));
    for (int pair = 0; pair < ScaledProducts.PAIRS; pair++) {
      codes.write(a, TwoBitPairs.bytes(weights, Q2_K.QS_OFFSET, pair), FIRST, SECOND);
      a.vpermb(SCALES, scales[pair], NUMBERS);
      ScaledProducts.add(a, FIRST, SECOND, vector, pair, SCALES, pair == 0);
    }
    a.vpmovzxbd(NUMBERS, Mem.at(weights, Q2_K.SCALES_OFFSET));
    a.vpsrld(NUMBERS, NUMBERS, 4);
    end.write(a, weights, NUMBERS, vector, sum);
  }
}
