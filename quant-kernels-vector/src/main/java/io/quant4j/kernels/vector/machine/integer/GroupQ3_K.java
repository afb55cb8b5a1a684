package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Q3_K;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.Halves;
import io.quant4j.kernels.vector.machine.product.RowCode;

/**
 * A block of Q3_K. The offset of codes is taken from sums of sixteen elements; a lane of the total
 * with it is at most 16 * 7 * 32 * 32639 + 4 * 16 * 32 * 32639 = 1.9e8.
 */
final class GroupQ3_K implements RowCode {
  private static final int STEPS = 4;
  private static final Simd FIRST = Simd.zmm(8);
  private static final Simd SECOND = Simd.zmm(9);
  private static final Simd SCALES = Simd.zmm(10);
  private static final Simd ALL_SCALES = Simd.zmm(11);
  private static final Simd BITS = Simd.zmm(12);
  private static final Simd MOVED = Simd.zmm(13);
  private static final Simd OFFSET = Simd.zmm(14);
  private static final Simd SCALE_WORDS = Simd.zmm(15);

  private final TwoBitPairs codes;
  private final SignedScales scales;
  private final Simd offset;
  private final Simd[] moves = new Simd[STEPS];
  private final Simd third;

  GroupQ3_K(Constants constants) {
    this.codes = new TwoBitPairs(constants);
    this.scales = new SignedScales(constants);
    this.offset = constants.ints(i -> -Q3_K.ZERO_CODE);
    for (int step = 0; step < STEPS; step++) {
      int bit = 2 * step;
      moves[step] = constants.bytes(i -> i % 8 * 8 + bit + i / 32 - 2 & 63);
    }
    this.third = constants.bytes(i -> Q3_K.ZERO_CODE);
  }

  @Override
  public int bytes() {
    return Q3_K.BLOCK_BYTES;
  }

  @Override
  public int vectorBytes() {
    return IntegerVector.BYTES;
  }

  @Override
  public void shared(Assembler a, Gpr vector) {
    a.vpmulld(OFFSET, offset, IntegerVector.sixteens(vector));
  }

  @Override
  public void write(Assembler a, Gpr weights, int slot, Gpr vector, Simd sum) {
    scales.write(a, weights, ALL_SCALES, SCALES);
    a.vpmovsxbw(SCALE_WORDS.half(), ALL_SCALES.quarter());
    a.vbroadcasti64x4(BITS, Mem.at(weights, Q3_K.HMASK_OFFSET));
    for (int pair = 0; pair < ScaledProducts.PAIRS; pair++) {
      codes.write(a, TwoBitPairs.bytes(weights, Q3_K.QS_OFFSET, pair), FIRST, SECOND);
      a.vpmultishiftqb(MOVED, moves[2 * pair], BITS);
      a.vpternlogd(FIRST, MOVED, third, Ternary.OR_AND);
      a.vpmultishiftqb(MOVED, moves[2 * pair + 1], BITS);
      a.vpternlogd(SECOND, MOVED, third, Ternary.OR_AND);
      scales.choose(a, SCALE_WORDS, pair, SCALES);
      ScaledProducts.add(a, FIRST, SECOND, vector, pair, SCALES, pair == 0);
    }
    end(a, weights, vector, sum);
  }

  private void end(Assembler a, Gpr weights, Gpr vector, Simd sum) {
    a.vpmovsxbd(SCALES, ALL_SCALES.quarter());
    a.vpmulld(SCALES, SCALES, OFFSET);
    a.vpaddd(ScaledProducts.LOWER, ScaledProducts.LOWER, SCALES);
    ScaledProducts.join(a);
    Halves.toAllLanes(a, SCALES, Mem.at(weights, Q3_K.D_OFFSET));
    a.vmulps(SCALES, SCALES, IntegerVector.scale(vector));
    a.vfmadd231ps(sum, ScaledProducts.LOWER, SCALES);
  }
}
