package io.quant4j.kernels.vector.machine.product;

import io.quant4j.core.format.Q2_K;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/** Sixteen scales and sixteen minimums as floats, then codes as bytes. */
final class BlockQ2_K implements BlockCode {
  private static final int GROUPS = Q2_K.BLOCK_ELEMENTS / Q2_K.GROUP_ELEMENTS;

  private final TwoBitPlanes planes;
  private final Simd lowFour;

  BlockQ2_K(Constants constants) {
    this.planes = new TwoBitPlanes(constants);
    this.lowFour = constants.ints(i -> 15);
  }

  @Override
  public int elements() {
    return Q2_K.BLOCK_ELEMENTS;
  }

  @Override
  public int bytes() {
    return Q2_K.BLOCK_BYTES;
  }

  @Override
  public void prepare(Assembler a, Gpr block, int slot) {
    Simd scales = Simd.zmm(4);
    Simd minimums = Simd.zmm(5);
    a.vpmovzxbd(minimums, Mem.at(block, Q2_K.SCALES_OFFSET));
    a.vpandd(scales, minimums, lowFour);
    a.vpsrld(minimums, minimums, 4);
    BytePlanes.scaled(a, scales, block, Q2_K.D_OFFSET, slot);
    BytePlanes.scaled(a, minimums, block, Q2_K.DMIN_OFFSET, slot + GROUPS * Float.BYTES);
    for (int plane = 0; plane < TwoBitPlanes.COUNT; plane++) {
      Simd codes = Simd.zmm(6 + plane % 2);
      planes.write(a, block, Q2_K.QS_OFFSET, plane, codes);
      BytePlanes.store(a, slot, plane * TwoBitPlanes.ELEMENTS, codes);
    }
  }

  @Override
  public void write(Assembler a, Gpr block, int slot, Sink sink) {
    for (int group = 0; group < GROUPS; group++) {
      int element = group * Q2_K.GROUP_ELEMENTS;
      Simd values = Simd.zmm(4 + group % 4);
      a.vpmovzxbd(values, BytePlanes.codes(slot, element));
      a.vcvtdq2ps(values, values);
      a.vmulps(values, values, BytePlanes.number(slot, group));
      a.vsubps(values, values, BytePlanes.number(slot, GROUPS + group));
      sink.accept(values, element);
    }
  }
}
