package io.quant4j.kernels.vector.machine.product;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.core.format.IQ4_NL;
import io.quant4j.core.format.Q4_0;
import io.quant4j.core.format.Q4_1;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import java.util.function.IntUnaryOperator;

/**
 * Blocks that begin with a scale, perhaps a number to add, and end with sixteen bytes of codes, the
 * first half of the elements in the lower bits. The sixteen values that a code may stand for are a
 * table in a register: one multiplication makes it for the block, and codes choose from it. The
 * upper bits of an index do not count, so lower codes need no mask.
 */
final class NibbleBlocks implements BlockCode {
  private static final int HALF = 16;
  private static final Simd VALUES = Simd.zmm(4);
  private static final Simd CODES = Simd.zmm(5);
  private static final Simd ADDED = Simd.zmm(6);

  private final BlockFormat format;
  private final boolean adds;
  private final Simd numbers;

  private NibbleBlocks(
      BlockFormat format, boolean adds, IntUnaryOperator number, Constants constants) {
    this.format = format;
    this.adds = adds;
    this.numbers = constants.floats(number);
  }

  static NibbleBlocks ofQ4_0(Constants constants) {
    return new NibbleBlocks(new Q4_0(), false, i -> i - Q4_0.ZERO_CODE, constants);
  }

  static NibbleBlocks ofQ4_1(Constants constants) {
    return new NibbleBlocks(new Q4_1(), true, i -> i, constants);
  }

  static NibbleBlocks ofIQ4_NL(Constants constants) {
    return new NibbleBlocks(new IQ4_NL(), false, IQ4_NL::value, constants);
  }

  @Override
  public int elements() {
    return format.blockElements();
  }

  @Override
  public int bytes() {
    return format.blockBytes();
  }

  @Override
  public void write(Assembler a, Gpr block, int slot, Sink sink) {
    Halves.toAllLanes(a, VALUES, Mem.at(block, 0));
    a.vmulps(VALUES, numbers, VALUES);
    if (adds) {
      Halves.toAllLanes(a, ADDED, Mem.at(block, Short.BYTES));
      a.vaddps(VALUES, VALUES, ADDED);
    }
    a.vpmovzxbd(CODES, Mem.at(block, format.blockBytes() - HALF));
    for (int half = 0; half < 2; half++) {
      Simd values = Simd.zmm(7 + half);
      if (half == 1) {
        a.vpsrld(CODES, CODES, 4);
      }
      a.vpermps(values, CODES, VALUES);
      sink.accept(values, HALF * half);
    }
  }
}
