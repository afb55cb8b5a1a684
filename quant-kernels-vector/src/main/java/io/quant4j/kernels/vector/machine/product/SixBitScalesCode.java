package io.quant4j.kernels.vector.machine.product;

import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSP;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/**
 * The eight scales and eight minimums of a block of Q4_K or Q5_K, as floats on the stack. All
 * sixteen are unpacked at once, one per lane: scales in lanes 0 to 7, minimums in lanes 8 to 15. A
 * block begins with d, dmin and the twelve bytes of {@link io.quant4j.core.format.SixBitScales}.
 */
final class SixBitScalesCode {
  private static final int GROUPS = 8;
  private static final int PACKED = 4;

  private final Simd halves;
  private final Simd lowBytes;
  private final Simd lowShifts;
  private final Simd lowMasks;
  private final Simd highBytes;
  private final Simd highMasks;

  SixBitScalesCode(Constants constants) {
    this.halves = constants.bytes(i -> i / 2 < GROUPS ? i % 2 : 2 + i % 2);
    this.lowBytes = constants.bytes(i -> PACKED + lowByte(i / 4));
    this.lowShifts = constants.ints(i -> isMinimum(i) && isLast(i) ? 4 : 0);
    this.lowMasks = constants.ints(i -> isLast(i) ? 15 : 63);
    this.highBytes = constants.bytes(i -> PACKED + (isMinimum(i / 4) ? 4 : 0) + i / 4 % 4);
    this.highMasks = constants.ints(i -> isLast(i) ? 0x30 : 0);
  }

  private static boolean isMinimum(int lane) {
    return lane >= GROUPS;
  }

  /** Whether the number is one of groups 4 to 7. */
  private static boolean isLast(int lane) {
    return lane % GROUPS >= 4;
  }

  private static int lowByte(int lane) {
    return isLast(lane) ? GROUPS + lane % 4 : (isMinimum(lane) ? 4 : 0) + lane % 4;
  }

  /** Writes code that puts scales into a slot and minimums behind them; uses zmm4 to zmm6. */
  void write(Assembler a, Gpr block, int slot) {
    Simd packed = Simd.zmm(4);
    Simd low = Simd.zmm(5);
    Simd high = Simd.zmm(6);
    a.vmovups(packed.quarter(), Mem.at(block, 0));
    a.vpermb(low, lowBytes, packed);
    a.vpsrlvd(low, low, lowShifts);
    a.vpandd(low, low, lowMasks);
    a.vpermb(high, highBytes, packed);
    a.vpsrld(high, high, 2);
    a.vpandd(high, high, highMasks);
    a.vpord(low, low, high);
    a.vcvtdq2ps(low, low);
    a.vpermb(high.half(), halves.half(), packed.half());
    a.vcvtph2ps(high, high.half());
    a.vmulps(low, low, high);
    a.vmovups(Mem.at(RSP, slot), low);
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
