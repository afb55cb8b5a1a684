package io.quant4j.kernels.vector.machine.product;

import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSP;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/** The numbers of {@link SixBitIntegers} times d and dmin, as floats on the stack. */
final class SixBitScalesCode {
  private static final int GROUPS = SixBitIntegers.GROUPS;

  private final Simd halves;
  private final SixBitIntegers integers;

  SixBitScalesCode(Constants constants) {
    this.halves = constants.bytes(i -> i / 2 < GROUPS ? i % 2 : 2 + i % 2);
    this.integers = new SixBitIntegers(constants);
  }

  /** Writes code that puts scales into a slot and minimums behind them; uses zmm4 to zmm6. */
  void write(Assembler a, Gpr block, int slot) {
    Simd packed = Simd.zmm(4);
    Simd numbers = Simd.zmm(5);
    Simd factors = Simd.zmm(6);
    integers.write(a, block, packed, numbers, factors);
    a.vcvtdq2ps(numbers, numbers);
    a.vpermb(factors.half(), halves.half(), packed.half());
    a.vcvtph2ps(factors, factors.half());
    a.vmulps(numbers, numbers, factors);
    a.vmovups(Mem.at(RSP, slot), numbers);
  }

  /** The scale of a group, for all lanes. */
  static Mem scale(int slot, int group) {
    return Mem.at(RSP, slot + group * Float.BYTES).toAllLanes();
  }

  /** The minimum of a group, for all lanes. */
  static Mem minimum(int slot, int group) {
    return Mem.at(RSP, slot + (GROUPS + group) * Float.BYTES).toAllLanes();
  }
}
