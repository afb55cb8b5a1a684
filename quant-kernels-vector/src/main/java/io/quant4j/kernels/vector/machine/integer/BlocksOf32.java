package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import java.util.function.IntUnaryOperator;

/**
 * Eight blocks of 32 elements in four registers, two in each, and the places of their bytes there.
 * An even register begins with its blocks and an odd one ends with them, so that nothing behind the
 * eight is read.
 *
 * @param bytes of a block
 */
record BlocksOf32(int bytes) {
  private static final int ELEMENTS = 32;
  private static final int LOAD = 64;
  private static final int REGISTERS = 4;

  /** Bytes of the eight. */
  int groupBytes() {
    return 2 * REGISTERS * bytes;
  }

  /** Writes code that loads one register. */
  void load(Assembler a, Gpr weights, int register, Simd to) {
    int at = 2 * register * bytes - first(register % 2);
    a.vmovups(to, Mem.at(weights, at));
  }

  /** Where the first block is in an even (0) or odd (1) register. */
  private int first(int odd) {
    return odd == 0 ? 0 : LOAD - 2 * bytes;
  }

  /**
   * Indexes of bytes of an even and of an odd register, one for each of 64 elements.
   *
   * @param place in the block, of an element from 0 to 31
   */
  Simd[] indexes(Constants constants, IntUnaryOperator place) {
    Simd[] indexes = new Simd[2];
    for (int odd = 0; odd < indexes.length; odd++) {
      int first = first(odd);
      indexes[odd] =
          constants.bytes(i -> first + i / ELEMENTS * bytes + place.applyAsInt(i % ELEMENTS));
    }
    return indexes;
  }

  /** Which block a lane of {@link BlockSums} belongs to. */
  static int blockOf(int lane) {
    return lane % 4 * 2 + lane / 8;
  }

  /**
   * Whether the first register has what blocks 0 to 3 begin with, and the third what blocks 4 to 7
   * begin with.
   */
  boolean twoRegistersHave(int leadingBytes) {
    return 3 * bytes + leadingBytes <= LOAD;
  }

  /** Where a block begins in the first and third register one after the other. */
  int inFirstAndThird(int block) {
    return block / 4 * LOAD + block % 4 * bytes;
  }

  /** Where one of four blocks begins in two registers one after the other. */
  int inEvenAndOdd(int block) {
    int odd = block % 4 / 2;
    return odd * LOAD + first(odd) + block % 2 * bytes;
  }
}
