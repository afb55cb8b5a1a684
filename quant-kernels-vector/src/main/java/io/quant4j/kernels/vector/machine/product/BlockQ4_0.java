package io.quant4j.kernels.vector.machine.product;

import io.quant4j.core.format.Q4_0;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/**
 * The sixteen values that a code may stand for are a table in a register: one multiplication makes
 * it for the block, and codes choose from it. The upper bits of an index do not count, so lower
 * codes need no mask.
 */
final class BlockQ4_0 implements BlockCode {
  private static final Simd VALUES = Simd.zmm(4);
  private static final Simd CODES = Simd.zmm(5);

  private final Simd numbers;

  BlockQ4_0(Constants constants) {
    this.numbers = constants.floats(i -> i - Q4_0.ZERO_CODE);
  }

  @Override
  public int elements() {
    return Q4_0.BLOCK_ELEMENTS;
  }

  @Override
  public int bytes() {
    return Q4_0.BLOCK_BYTES;
  }

  @Override
  public void write(Assembler a, Gpr block, int slot, Sink sink) {
    Halves.toAllLanes(a, VALUES, Mem.at(block, Q4_0.D_OFFSET));
    a.vmulps(VALUES, numbers, VALUES);
    a.vpmovzxbd(CODES, Mem.at(block, Q4_0.QS_OFFSET));
    for (int half = 0; half < 2; half++) {
      Simd values = Simd.zmm(6 + half);
      if (half == 1) {
        a.vpsrld(CODES, CODES, 4);
      }
      a.vpermps(values, CODES, VALUES);
      sink.accept(values, 16 * half);
    }
  }
}
