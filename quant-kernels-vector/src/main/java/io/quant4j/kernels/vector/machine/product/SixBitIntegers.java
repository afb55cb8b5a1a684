package io.quant4j.kernels.vector.machine.product;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/**
 * The eight scales and eight minimums of a block of Q4_K or Q5_K as ints. All sixteen are unpacked
 * at once, one per lane: scales in lanes 0 to 7, minimums in lanes 8 to 15. A block begins with d,
 * dmin and the twelve bytes of {@link io.quant4j.core.format.SixBitScales}.
 */
public final class SixBitIntegers {
  /** Groups of a block. */
  public static final int GROUPS = 8;

  private static final int PACKED = 4;

  private final Simd lowBytes;
  private final Simd lowShifts;
  private final Simd lowMasks;
  private final Simd highBytes;
  private final Simd highMasks;

  /** Takes five constants. */
  public SixBitIntegers(Constants constants) {
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

  /**
   * Writes code that unpacks them.
   *
   * @param packed becomes the first 16 bytes of the block
   * @param integers becomes the numbers
   * @param scratch overwritten
   */
  public void write(Assembler a, Gpr block, Simd packed, Simd integers, Simd scratch) {
    a.vmovups(packed.quarter(), Mem.at(block, 0));
    a.vpermb(integers, lowBytes, packed);
    a.vpsrlvd(integers, integers, lowShifts);
    a.vpandd(integers, integers, lowMasks);
    a.vpermb(scratch, highBytes, packed);
    a.vpsrld(scratch, scratch, 2);
    a.vpandd(scratch, scratch, highMasks);
    a.vpord(integers, integers, scratch);
  }
}
