package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Q6_K;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.Halves;
import io.quant4j.kernels.vector.machine.product.RowCode;

/**
 * A block of Q6_K. Codes are multiplied as stored; what their offset of 32 comes to is the product
 * of the scales with sums of sixteen elements. It does not fit in an int together with the products
 * of a lane, so it is also divided into 256 times one number plus another: with sixteens of at most
 * 16 * 32639 the numbers are at most 65278 and 255, times a scale 8.4 million and 32640.
 */
final class GroupQ6_K implements RowCode {
  private static final Simd FIRST = Simd.zmm(8);
  private static final Simd SECOND = Simd.zmm(9);
  private static final Simd SCALES = Simd.zmm(10);
  private static final Simd ALL_SCALES = Simd.zmm(11);
  private static final Simd BITS = Simd.zmm(12);
  private static final Simd MOVED = Simd.zmm(13);
  private static final Simd UPPER_OFFSET = Simd.zmm(14);
  private static final Simd LOWER_OFFSET = Simd.zmm(15);
  private static final int LOAD = 64;

  private final Simd offset;
  private final Simd lowerByte;
  private final Simd byteFactor;
  private final Simd lowFour;
  private final Simd upperTwo;
  private final Simd firstMove;
  private final Simd secondMove;
  private final Simd[] scales = new Simd[ScaledProducts.PAIRS];

  GroupQ6_K(Constants constants) {
    this.offset = constants.ints(i -> -Q6_K.ZERO_CODE);
    this.lowerByte = constants.ints(i -> 255);
    this.byteFactor = constants.floats(i -> 256);
    this.lowFour = constants.bytes(i -> 15);
    this.upperTwo = constants.bytes(i -> 3 << 4);
    this.firstMove = constants.bytes(i -> i % 8 * 8 + i / 32 * 2 - 4 & 63);
    this.secondMove = constants.bytes(i -> i % 8 * 8 + i / 32 * 2);
    for (int pair = 0; pair < scales.length; pair++) {
      scales[pair] = ScaledProducts.signedScales(constants, pair, Q6_K.GROUP_ELEMENTS);
    }
  }

  @Override
  public int bytes() {
    return Q6_K.BLOCK_BYTES;
  }

  @Override
  public int vectorBytes() {
    return IntegerVector.BYTES;
  }

  @Override
  public void shared(Assembler a, Gpr vector) {
    a.vpmulld(LOWER_OFFSET, offset, IntegerVector.sixteens(vector));
    a.vpsrad(UPPER_OFFSET, LOWER_OFFSET, 8);
    a.vpandd(LOWER_OFFSET, LOWER_OFFSET, lowerByte);
  }

  @Override
  public void write(Assembler a, Gpr weights, int slot, Gpr vector, Simd sum) {
    a.vpmovsxbd(SCALES, Mem.at(weights, Q6_K.SCALES_OFFSET));
    a.vpmovsxbw(ALL_SCALES.half(), Mem.at(weights, Q6_K.SCALES_OFFSET));
    a.vpmulld(ScaledProducts.UPPER, SCALES, UPPER_OFFSET);
    a.vpmulld(ScaledProducts.LOWER, SCALES, LOWER_OFFSET);
    for (int pair = 0; pair < ScaledProducts.PAIRS; pair++) {
      codes(a, weights, pair);
      a.vpermw(SCALES, scales[pair], ALL_SCALES);
      ScaledProducts.add(a, FIRST, SECOND, vector, pair, SCALES, false);
    }
    Simd upper = ScaledProducts.UPPER;
    Simd total = ScaledProducts.LOWER;
    a.vcvtdq2ps(upper, upper);
    a.vcvtdq2ps(total, total);
    a.vfmadd231ps(total, upper, byteFactor);
    Halves.toAllLanes(a, SCALES, Mem.at(weights, Q6_K.D_OFFSET));
    a.vmulps(SCALES, SCALES, IntegerVector.scale(vector));
    a.vfmadd231ps(sum, total, SCALES);
  }

  private void codes(Assembler a, Gpr weights, int pair) {
    a.vmovups(FIRST, Mem.at(weights, Q6_K.QL_OFFSET + pair * LOAD));
    a.vbroadcasti64x4(BITS, Mem.at(weights, Q6_K.QH_OFFSET + pair * LOAD / 2));
    a.vpsrlw(SECOND, FIRST, 4);
    a.vpandd(FIRST, FIRST, lowFour);
    a.vpandd(SECOND, SECOND, lowFour);
    a.vpmultishiftqb(MOVED, firstMove, BITS);
    a.vpternlogd(FIRST, MOVED, upperTwo, Ternary.OR_AND);
    a.vpmultishiftqb(MOVED, secondMove, BITS);
    a.vpternlogd(SECOND, MOVED, upperTwo, Ternary.OR_AND);
  }
}
