package io.quant4j.kernels.vector.machine.product;

import io.quant4j.core.format.Q5_K;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;

/** Codes of two groups are put together at a time: lower halves of 32 bytes, then upper ones. */
final class BlockQ5_K implements BlockCode {
  private static final int PAIRS = 4;
  private static final int PAIR = 2 * Q5_K.GROUP_ELEMENTS;

  private final SixBitScalesCode scales;
  private final Simd lowFour;
  private final Simd fifth;
  private final Simd halves;
  private final Simd[] shifts = new Simd[PAIRS];

  BlockQ5_K(Constants constants) {
    this.scales = new SixBitScalesCode(constants);
    this.lowFour = BytePlanes.all(constants, 0x0F);
    this.fifth = BytePlanes.all(constants, 0x10);
    this.halves = BytePlanes.shifts(constants, 0, 4);
    shifts[0] = BytePlanes.shifts(constants, 4, 3);
    shifts[1] = BytePlanes.shifts(constants, 2, 1);
    shifts[2] = BytePlanes.shifts(constants, 0, 1);
    shifts[3] = BytePlanes.shifts(constants, 2, 3);
  }

  @Override
  public int elements() {
    return Q5_K.BLOCK_ELEMENTS;
  }

  @Override
  public int bytes() {
    return Q5_K.BLOCK_BYTES;
  }

  @Override
  public void prepare(Assembler a, Gpr block, int slot) {
    scales.write(a, block, slot);
    Simd upper = Simd.zmm(4);
    a.vbroadcasti64x4(upper, Mem.at(block, Q5_K.QH_OFFSET));
    for (int pair = 0; pair < PAIRS; pair++) {
      Simd codes = Simd.zmm(5 + pair % 2);
      Simd bits = Simd.zmm(7 + pair % 2);
      a.vbroadcasti64x4(codes, Mem.at(block, Q5_K.QS_OFFSET + pair * Q5_K.GROUP_ELEMENTS));
      a.vpsrlvw(codes, codes, halves);
      a.vpandd(codes, codes, lowFour);
      if (pair < PAIRS / 2) {
        a.vpsllvw(bits, upper, shifts[pair]);
      } else {
        a.vpsrlvw(bits, upper, shifts[pair]);
      }
      a.vpternlogd(codes, bits, fifth, Ternary.OR_AND);
      BytePlanes.store(a, slot, pair * PAIR, codes);
    }
  }

  @Override
  public void write(Assembler a, Gpr block, int slot, Sink sink) {
    for (int i = 0; i < Q5_K.BLOCK_ELEMENTS; i += 16) {
      Simd values = Simd.zmm(4 + i / 16 % 4);
      a.vpmovzxbd(values, BytePlanes.codes(slot, i));
      a.vcvtdq2ps(values, values);
      a.vmulps(values, values, SixBitScalesCode.scale(slot, i / Q5_K.GROUP_ELEMENTS));
      a.vsubps(values, values, SixBitScalesCode.minimum(slot, i / Q5_K.GROUP_ELEMENTS));
      sink.accept(values, i);
    }
  }
}
