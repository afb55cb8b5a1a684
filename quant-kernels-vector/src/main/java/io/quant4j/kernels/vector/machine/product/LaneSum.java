package io.quant4j.kernels.vector.machine.product;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/** The sum of the lanes in the order of {@link io.quant4j.kernels.vector.lanes.Sum}. */
public final class LaneSum {
  private static final int SWAP_PAIRS = 0b01_00_11_10;
  private static final int SWAP_NEIGHBOURS = 0b10_11_00_01;

  private LaneSum() {}

  /** Writes an instruction that combines the lanes of two registers. */
  @FunctionalInterface
  public interface Operation {
    /** {@code to = a with b}. */
    void write(Simd to, Simd a, Simd b);
  }

  /**
   * Writes code that stores the sum.
   *
   * @param accumulator 16 floats; overwritten
   * @param scratch overwritten
   */
  public static void store(Assembler a, Simd accumulator, Simd scratch, Mem to) {
    store(a, a::vaddps, accumulator, scratch, to);
  }

  /** The same with another operation, such as the largest lane. */
  public static void store(
      Assembler a, Operation operation, Simd accumulator, Simd scratch, Mem to) {
    Simd half = accumulator.half();
    Simd quarter = accumulator.quarter();
    a.vextractf64x4(scratch.half(), accumulator, 1);
    operation.write(half, half, scratch.half());
    a.vextractf32x4(scratch.quarter(), half, 1);
    operation.write(quarter, quarter, scratch.quarter());
    a.vpermilps(scratch.quarter(), quarter, SWAP_PAIRS);
    operation.write(quarter, quarter, scratch.quarter());
    a.vpermilps(scratch.quarter(), quarter, SWAP_NEIGHBOURS);
    operation.write(quarter, quarter, scratch.quarter());
    a.vmovss(to, quarter);
  }
}
