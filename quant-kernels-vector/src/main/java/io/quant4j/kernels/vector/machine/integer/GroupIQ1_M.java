package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.IQ1_M;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;
import io.quant4j.kernels.vector.machine.product.Constants;

/**
 * A block of IQ1_M: nibbles of upper bits and a sign for each 8 elements; d is the upper four bits
 * of four words whose others are scales.
 */
final class GroupIQ1_M extends ShiftedPointGroup {
  private final OddScales scales;
  private final Simd lowerHalves;
  private final Simd upperHalves;
  private final Simd lowFour;

  GroupIQ1_M(Constants constants) {
    super(constants, IQ1_M.QS_OFFSET, IQ1_M.QH_OFFSET, point -> 4 * point, point -> 4 * point + 3);
    this.scales = new OddScales(constants, 3, lane -> lane % 4 * Short.SIZE + lane / 4 * 3);
    // Each byte of d is the upper halves of two words; bits 12 to 15 of the first move down.
    this.lowerHalves = constants.bytes(i -> i % 2 * 32 + 12);
    this.upperHalves = constants.bytes(i -> i % 2 * 32 + 24);
    this.lowFour = constants.bytes(i -> 15);
  }

  @Override
  public int bytes() {
    return IQ1_M.BLOCK_BYTES;
  }

  @Override
  void scales(Assembler a, Gpr weights, Simd to, Simd scratch) {
    scales.write(a, Mem.at(weights, IQ1_M.SCALES_OFFSET), to, scratch);
  }

  @Override
  void factor(Assembler a, Gpr weights, Simd to, Simd scratch) {
    Simd words = to.quarter();
    Simd half = scratch.quarter();
    a.vpbroadcastq(words, Mem.at(weights, IQ1_M.SCALES_OFFSET));
    a.vpmultishiftqb(half, lowerHalves.quarter(), words);
    a.vpmultishiftqb(words, upperHalves.quarter(), words);
    a.vpternlogd(half, words, lowFour.quarter(), Ternary.WHERE_C);
    a.vcvtph2ps(words, half);
    a.vbroadcastss(to, words);
  }
}
