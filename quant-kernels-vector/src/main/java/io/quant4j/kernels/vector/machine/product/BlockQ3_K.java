package io.quant4j.kernels.vector.machine.product;

import io.quant4j.core.format.Q3_K;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;

/** Sixteen scales as floats, then codes as bytes, already without their offset. */
final class BlockQ3_K implements BlockCode {
  private static final int GROUPS = Q3_K.BLOCK_ELEMENTS / Q3_K.GROUP_ELEMENTS;

  /** The block's last 16 bytes: 12 of scales are among them. */
  private static final int TAIL = Q3_K.BLOCK_BYTES - 16;

  private static final int SCALES = Q3_K.SCALES_OFFSET - TAIL;

  private final TwoBitPlanes planes;
  private final Simd lowBytes;
  private final Simd lowShifts;
  private final Simd lowMask;
  private final Simd highBytes;
  private final Simd highShifts;
  private final Simd highMask;
  private final Simd zeroScale;
  private final Simd thirdBit;
  private final Simd[] shifts = new Simd[TwoBitPlanes.COUNT];

  BlockQ3_K(Constants constants) {
    this.planes = new TwoBitPlanes(constants);
    this.lowBytes = constants.bytes(i -> SCALES + i / 4 % 8);
    this.lowShifts = constants.ints(i -> 4 * (i / 8));
    this.lowMask = constants.ints(i -> 15);
    this.highBytes = constants.bytes(i -> SCALES + 8 + i / 4 % 4);
    this.highShifts = constants.ints(i -> 2 * (i / 4));
    this.highMask = constants.ints(i -> 3 << 4);
    this.zeroScale = constants.ints(i -> Q3_K.ZERO_SCALE);
    this.thirdBit = BytePlanes.all(constants, Q3_K.ZERO_CODE);
    shifts[0] = BytePlanes.shifts(constants, 2, 1);
    shifts[1] = BytePlanes.shifts(constants, 0, 1);
    shifts[2] = BytePlanes.shifts(constants, 2, 3);
    shifts[3] = BytePlanes.shifts(constants, 4, 5);
  }

  @Override
  public int elements() {
    return Q3_K.BLOCK_ELEMENTS;
  }

  @Override
  public int bytes() {
    return Q3_K.BLOCK_BYTES;
  }

  @Override
  public void prepare(Assembler a, Gpr block, int slot) {
    scales(a, block, slot);
    Simd upper = Simd.zmm(4);
    a.vbroadcasti64x4(upper, Mem.at(block, Q3_K.HMASK_OFFSET));
    for (int plane = 0; plane < TwoBitPlanes.COUNT; plane++) {
      Simd codes = Simd.zmm(5 + plane % 2);
      Simd bits = Simd.zmm(7 + plane % 2);
      planes.write(a, block, Q3_K.QS_OFFSET, plane, codes);
      if (plane == 0) {
        a.vpsllvw(bits, upper, shifts[plane]);
      } else {
        a.vpsrlvw(bits, upper, shifts[plane]);
      }
      a.vpternlogd(codes, bits, thirdBit, Ternary.OR_AND);
      a.vpsubb(codes, codes, thirdBit);
      BytePlanes.store(a, slot, plane * TwoBitPlanes.ELEMENTS, codes);
    }
  }

  private void scales(Assembler a, Gpr block, int slot) {
    Simd packed = Simd.zmm(4);
    Simd scales = Simd.zmm(5);
    Simd high = Simd.zmm(6);
    a.vmovups(packed.quarter(), Mem.at(block, TAIL));
    a.vpermb(scales, lowBytes, packed);
    a.vpsrlvd(scales, scales, lowShifts);
    a.vpandd(scales, scales, lowMask);
    a.vpermb(high, highBytes, packed);
    a.vpsrlvd(high, high, highShifts);
    a.vpslld(high, high, 4);
    a.vpternlogd(scales, high, highMask, Ternary.OR_AND);
    a.vpsubd(scales, scales, zeroScale);
    BytePlanes.scaled(a, scales, block, Q3_K.D_OFFSET, slot);
  }

  @Override
  public void write(Assembler a, Gpr block, int slot, Sink sink) {
    for (int group = 0; group < GROUPS; group++) {
      int element = group * Q3_K.GROUP_ELEMENTS;
      Simd values = Simd.zmm(4 + group % 4);
      a.vpmovsxbd(values, BytePlanes.codes(slot, element));
      a.vcvtdq2ps(values, values);
      a.vmulps(values, values, BytePlanes.number(slot, group));
      sink.accept(values, element);
    }
  }
}
