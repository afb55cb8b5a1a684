package io.quant4j.kernels.vector.machine.product;

import io.quant4j.core.format.Q6_K;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;

/** Codes are put together 64 bytes at a time, already without their offset. */
final class BlockQ6_K implements BlockCode {
  private static final int HALF = Q6_K.BLOCK_ELEMENTS / 2;
  private static final int PLANE = 64;

  private final Simd lowFour;
  private final Simd upperTwo;
  private final Simd zeroCode;
  private final Simd firstPlane;
  private final Simd secondPlane;

  BlockQ6_K(Constants constants) {
    this.lowFour = BytePlanes.all(constants, 0x0F);
    this.upperTwo = BytePlanes.all(constants, 0x30);
    this.zeroCode = BytePlanes.all(constants, Q6_K.ZERO_CODE);
    this.firstPlane = BytePlanes.shifts(constants, 4, 2);
    this.secondPlane = BytePlanes.shifts(constants, 0, 2);
  }

  @Override
  public int elements() {
    return Q6_K.BLOCK_ELEMENTS;
  }

  @Override
  public int bytes() {
    return Q6_K.BLOCK_BYTES;
  }

  @Override
  public void prepare(Assembler a, Gpr block, int slot) {
    Simd scales = Simd.zmm(4);
    a.vpmovsxbd(scales, Mem.at(block, Q6_K.SCALES_OFFSET));
    BytePlanes.scaled(a, scales, block, Q6_K.D_OFFSET, slot);
    for (int half = 0; half < 2; half++) {
      Simd low = Simd.zmm(4);
      Simd high = Simd.zmm(5);
      Simd upper = Simd.zmm(6);
      a.vmovups(low, Mem.at(block, Q6_K.QL_OFFSET + half * PLANE));
      a.vpsrlw(high, low, 4);
      a.vbroadcasti64x4(upper, Mem.at(block, Q6_K.QH_OFFSET + half * PLANE / 2));
      a.vpandd(low, low, lowFour);
      a.vpandd(high, high, lowFour);
      Simd bits = Simd.zmm(7);
      a.vpsllvw(bits, upper, firstPlane);
      finish(a, low, bits, slot, half * HALF);
      a.vpsrlvw(bits, upper, secondPlane);
      finish(a, high, bits, slot, half * HALF + PLANE);
    }
  }

  private void finish(Assembler a, Simd codes, Simd upper, int slot, int element) {
    a.vpternlogd(codes, upper, upperTwo, Ternary.OR_AND);
    a.vpsubb(codes, codes, zeroCode);
    BytePlanes.store(a, slot, element, codes);
  }

  @Override
  public void write(Assembler a, Gpr block, int slot, Sink sink) {
    for (int i = 0; i < Q6_K.BLOCK_ELEMENTS; i += Q6_K.GROUP_ELEMENTS) {
      Simd values = Simd.zmm(4 + i / Q6_K.GROUP_ELEMENTS % 4);
      a.vpmovsxbd(values, BytePlanes.codes(slot, i));
      a.vcvtdq2ps(values, values);
      a.vmulps(values, values, BytePlanes.number(slot, i / Q6_K.GROUP_ELEMENTS));
      sink.accept(values, i);
    }
  }
}
