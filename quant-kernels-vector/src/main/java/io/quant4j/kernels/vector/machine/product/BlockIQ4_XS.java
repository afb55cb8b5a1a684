package io.quant4j.kernels.vector.machine.product;

import io.quant4j.core.format.IQ4_NL;
import io.quant4j.core.format.IQ4_XS;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;

/** A table of the sixteen possible values per group, as for {@link NibbleBlocks}. */
final class BlockIQ4_XS implements BlockCode {
  private static final int HALF_GROUP = IQ4_XS.GROUP_ELEMENTS / 2;

  private final Simd numbers;
  private final Simd lowBytes;
  private final Simd lowShifts;
  private final Simd lowMask;
  private final Simd highBytes;
  private final Simd highShifts;
  private final Simd highMask;
  private final Simd zeroScale;

  BlockIQ4_XS(Constants constants) {
    this.numbers = constants.floats(IQ4_NL::value);
    this.lowBytes = constants.bytes(i -> IQ4_XS.SCALES_L_OFFSET + i / 8 % 4);
    this.lowShifts = constants.ints(i -> 4 * (i % 2));
    this.lowMask = constants.ints(i -> 15);
    this.highBytes = constants.bytes(i -> IQ4_XS.SCALES_H_OFFSET + i % 2);
    this.highShifts = constants.ints(i -> 2 * (i % 8));
    this.highMask = constants.ints(i -> 3 << 4);
    this.zeroScale = constants.ints(i -> IQ4_XS.ZERO_SCALE);
  }

  @Override
  public int elements() {
    return IQ4_XS.BLOCK_ELEMENTS;
  }

  @Override
  public int bytes() {
    return IQ4_XS.BLOCK_BYTES;
  }

  @Override
  public void prepare(Assembler a, Gpr block, int slot) {
    Simd packed = Simd.zmm(4);
    Simd scales = Simd.zmm(5);
    Simd high = Simd.zmm(6);
    a.vmovups(packed.quarter(), Mem.at(block, 0));
    a.vpermb(scales, lowBytes, packed);
    a.vpsrlvd(scales, scales, lowShifts);
    a.vpandd(scales, scales, lowMask);
    a.vpermb(high, highBytes, packed);
    a.vpsrlvd(high, high, highShifts);
    a.vpslld(high, high, 4);
    a.vpternlogd(scales, high, highMask, Ternary.OR_AND);
    a.vpsubd(scales, scales, zeroScale);
    BytePlanes.scaled(a, scales, block, IQ4_XS.D_OFFSET, slot);
  }

  @Override
  public void write(Assembler a, Gpr block, int slot, Sink sink) {
    for (int group = 0; group < IQ4_XS.BLOCK_ELEMENTS / IQ4_XS.GROUP_ELEMENTS; group++) {
      Simd table = Simd.zmm(4 + group % 2);
      Simd codes = Simd.zmm(6 + group % 2);
      a.vmulps(table, numbers, BytePlanes.number(slot, group));
      a.vpmovzxbd(codes, Mem.at(block, IQ4_XS.QS_OFFSET + group * HALF_GROUP));
      for (int half = 0; half < 2; half++) {
        Simd values = Simd.zmm(8 + half);
        if (half == 1) {
          a.vpsrld(codes, codes, 4);
        }
        a.vpermps(values, codes, table);
        sink.accept(values, group * IQ4_XS.GROUP_ELEMENTS + half * HALF_GROUP);
      }
    }
  }
}
