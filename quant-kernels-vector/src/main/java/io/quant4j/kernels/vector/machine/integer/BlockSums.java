package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/**
 * Sums of four registers of ints in one. Each has two blocks, 8 lanes each; the result has two
 * lanes of each of eight blocks, as {@link BlocksOf32#blockOf} says.
 */
final class BlockSums {
  private static final int EVEN_LANES = 0b10_00_10_00;
  private static final int ODD_LANES = 0b11_01_11_01;

  private final Mem order;

  /** Takes no register. */
  BlockSums(Constants constants) {
    this.order = constants.storedInts(lane -> 2 * BlocksOf32.blockOf(lane) + lane / 4 % 2);
  }

  /** Writes code that loads sums of the vector's elements in the order of the result. */
  void ofVector(Assembler a, Simd to, Gpr vector) {
    a.vmovups(to, order);
    a.vpermd(to, to, IntegerVector.sixteens(vector));
  }

  /** Writes code that makes each 128 bits two sums of {@code a}, then two of {@code b}. */
  static void pair(Assembler assembler, Simd to, Simd a, Simd b) {
    assembler.vunpcklpd(to, a, b);
    assembler.vunpckhpd(b, a, b);
    assembler.vpaddd(to, to, b);
  }

  /** Writes code that joins two such; overwrites {@code b}. */
  static void join(Assembler assembler, Simd to, Simd a, Simd b) {
    assembler.vshufps(to, a, b, EVEN_LANES);
    assembler.vshufps(b, a, b, ODD_LANES);
    assembler.vpaddd(to, to, b);
  }
}
