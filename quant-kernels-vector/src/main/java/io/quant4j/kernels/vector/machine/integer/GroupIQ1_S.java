package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.IQ1_S;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/** A block of IQ1_S: words of upper bits, a scale and a sign for each 32 elements. */
final class GroupIQ1_S extends ShiftedPointGroup {
  private static final int SCALE_BIT = 12;
  private static final int LOWERED_BIT = 15;

  private final OddScales scales;
  private final Mem evenThenOdd;

  GroupIQ1_S(Constants constants) {
    super(
        constants,
        IQ1_S.QS_OFFSET,
        IQ1_S.QH_OFFSET,
        point -> point / 4 * Short.SIZE + point % 4 * 3,
        point -> point / 4 * Short.SIZE + LOWERED_BIT);
    this.scales = new OddScales(constants, 3, lane -> lane % 4 * Short.SIZE + SCALE_BIT);
    this.evenThenOdd = constants.storedBytes(i -> i / 2 % 4 * 4 + i / 8 % 2 * 2 + i % 2);
  }

  @Override
  public int bytes() {
    return IQ1_S.BLOCK_BYTES;
  }

  @Override
  void scales(Assembler a, Gpr weights, Simd to, Simd scratch) {
    a.vmovups(scratch.quarter(), Mem.at(weights, IQ1_S.QH_OFFSET));
    a.vmovups(to.quarter(), evenThenOdd);
    a.vpermb(to.quarter(), to.quarter(), scratch.quarter());
    scales.unpack(a, to, scratch);
  }
}
