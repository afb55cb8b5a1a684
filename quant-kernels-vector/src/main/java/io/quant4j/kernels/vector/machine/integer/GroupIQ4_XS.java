package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.IQ4_NL;
import io.quant4j.core.format.IQ4_XS;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.Halves;
import io.quant4j.kernels.vector.machine.product.RowCode;

/**
 * A block of IQ4_XS: numbers of a table and a signed scale for each 32 of them.
 *
 * <p>A lane of the sums is at most 16 * 127 * 32639 once the offset is off, and times its scale at
 * most 32 * 6.63e7 = 2.122e9, less than 2^31.
 */
final class GroupIQ4_XS implements RowCode {
  private static final int LOAD = 64;
  private static final int HALF = IQ4_XS.GROUP_ELEMENTS / 2;
  private static final Simd STORED = Simd.zmm(4);
  private static final Simd CODES = Simd.zmm(5);
  private static final Simd[] PRODUCTS = {Simd.zmm(6), Simd.zmm(7)};
  private static final Simd[] PAIRS = {Simd.zmm(8), Simd.zmm(9)};
  private static final Simd SCALES = Simd.zmm(10);
  private static final Simd BITS = Simd.zmm(11);
  private static final Simd OFFSETS = Simd.zmm(12);

  private final Simd[] halves = new Simd[2];
  private final Simd move;
  private final Simd table;
  private final Simd lower;
  private final Simd lowerMask;
  private final Simd upper;
  private final Simd upperMask;
  private final Simd zeroScale;
  private final BlockSums sums;
  private final Mem offset;

  GroupIQ4_XS(Constants constants) {
    for (int i = 0; i < halves.length; i++) {
      int first = i * LOAD / 2;
      halves[i] = constants.bytes(j -> first + j / IQ4_XS.GROUP_ELEMENTS * HALF + j % HALF);
    }
    this.move = constants.bytes(i -> i % 8 * 8 + i / HALF % 2 * 4);
    this.table = constants.bytes(i -> IQ4_NL.value(i % 16) + GroupsOf32.OFFSET_OF_NUMBERS);
    this.lower = constants.bytes(i -> IQ4_XS.SCALES_L_OFFSET * 8 + 4 * BlocksOf32.blockOf(i % 16));
    this.lowerMask = constants.bytes(i -> 15);
    this.upper =
        constants.bytes(i -> IQ4_XS.SCALES_H_OFFSET * 8 + 2 * BlocksOf32.blockOf(i % 16) - 4);
    this.upperMask = constants.bytes(i -> 3 << 4);
    this.zeroScale = constants.bytes(i -> IQ4_XS.ZERO_SCALE);
    this.sums = new BlockSums(constants);
    this.offset = constants.storedInts(i -> -GroupsOf32.OFFSET_OF_NUMBERS);
  }

  @Override
  public int bytes() {
    return IQ4_XS.BLOCK_BYTES;
  }

  @Override
  public int vectorBytes() {
    return IntegerVector.BYTES;
  }

  @Override
  public void shared(Assembler a, Gpr vector) {
    sums.ofVector(a, OFFSETS, vector);
    a.vpmulld(OFFSETS, OFFSETS, offset);
  }

  @Override
  public void write(Assembler a, Gpr weights, int slot, Gpr vector, Simd sum) {
    scales(a, weights);
    for (int pair = 0; pair < PAIRS.length; pair++) {
      a.vmovups(STORED, Mem.at(weights, IQ4_XS.QS_OFFSET + pair * LOAD));
      for (int i = 0; i < 2; i++) {
        a.vpermb(CODES, halves[i], STORED);
        a.vpmultishiftqb(CODES, move, CODES);
        a.vpermb(CODES, CODES, table);
        ByteProducts.write(a, PRODUCTS[i], CODES, vector, 2 * pair + i);
      }
      BlockSums.pair(a, PAIRS[pair], PRODUCTS[0], PRODUCTS[1]);
    }
    Simd total = PRODUCTS[0];
    BlockSums.join(a, total, PAIRS[0], PAIRS[1]);
    a.vpaddd(total, total, OFFSETS);
    a.vpmulld(total, total, SCALES);
    a.vcvtdq2ps(total, total);
    Halves.toAllLanes(a, SCALES, Mem.at(weights, IQ4_XS.D_OFFSET));
    a.vmulps(SCALES, SCALES, IntegerVector.scale(vector));
    a.vfmadd231ps(sum, total, SCALES);
  }

  private void scales(Assembler a, Gpr weights) {
    Simd bytes = SCALES.quarter();
    Simd bits = BITS.quarter();
    a.vpbroadcastq(bits, Mem.at(weights, IQ4_XS.D_OFFSET));
    a.vpmultishiftqb(bytes, lower.quarter(), bits);
    a.vpmultishiftqb(bits, upper.quarter(), bits);
    a.vpandd(bytes, bytes, lowerMask.quarter());
    a.vpternlogd(bytes, bits, upperMask.quarter(), Ternary.OR_AND);
    a.vpsubb(bytes, bytes, zeroScale.quarter());
    a.vpmovsxbd(SCALES, bytes);
  }
}
