package io.quant4j.kernels.vector.machine.product;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/** The sum of the lanes in the order of {@link io.quant4j.kernels.vector.lanes.Sum}. */
final class LaneSum {
  private static final int SWAP_PAIRS = 0b01_00_11_10;
  private static final int SWAP_NEIGHBOURS = 0b10_11_00_01;

  private LaneSum() {}

  /**
   * Writes code that stores the sum.
   *
   * @param accumulator 16 floats; overwritten
   * @param scratch overwritten
   */
  static void store(Assembler a, Simd accumulator, Simd scratch, Mem to) {
    Simd half = accumulator.half();
    Simd quarter = accumulator.quarter();
    a.vextractf64x4(scratch.half(), accumulator, 1);
    a.vaddps(half, half, scratch.half());
    a.vextractf32x4(scratch.quarter(), half, 1);
    a.vaddps(quarter, quarter, scratch.quarter());
    a.vpermilps(scratch.quarter(), quarter, SWAP_PAIRS);
    a.vaddps(quarter, quarter, scratch.quarter());
    a.vpermilps(scratch.quarter(), quarter, SWAP_NEIGHBOURS);
    a.vaddps(quarter, quarter, scratch.quarter());
    a.vmovss(to, quarter);
  }
}
