package io.quant4j.kernels.vector.machine.product;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/**
 * The two lower bits of codes of Q2_K and Q3_K: 32 bytes hold those of 128 elements, 32 to each
 * pair of bits.
 */
final class TwoBitPlanes {
  /** Planes of 64 codes in a block. */
  static final int COUNT = 4;

  static final int ELEMENTS = 64;
  private static final int BYTES = 32;

  private final Simd mask;
  private final Simd[] shifts = new Simd[2];

  TwoBitPlanes(Constants constants) {
    this.mask = BytePlanes.all(constants, 3);
    shifts[0] = BytePlanes.shifts(constants, 0, 2);
    shifts[1] = BytePlanes.shifts(constants, 4, 6);
  }

  /**
   * Writes code that takes the bits of one plane out.
   *
   * @param offset of all bits in the block
   */
  void write(Assembler a, Gpr block, int offset, int plane, Simd to) {
    a.vbroadcasti64x4(to, Mem.at(block, offset + plane / 2 * BYTES));
    a.vpsrlvw(to, to, shifts[plane % 2]);
    a.vpandd(to, to, mask);
  }
}
