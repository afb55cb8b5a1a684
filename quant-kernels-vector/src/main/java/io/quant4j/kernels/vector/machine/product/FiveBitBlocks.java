package io.quant4j.kernels.vector.machine.product;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.core.format.Q5_0;
import io.quant4j.core.format.Q5_1;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;
import java.util.function.IntUnaryOperator;

/**
 * Q5_0 and Q5_1: a table of 32 values in two registers. The fifth bit of each code is one of an int
 * in all lanes, rotated to its place.
 */
final class FiveBitBlocks implements BlockCode {
  private static final int HALF = 16;
  private static final int UPPER_BIT = 4;

  private static final Simd LOW = Simd.zmm(4);
  private static final Simd HIGH = Simd.zmm(5);
  private static final Simd CODES = Simd.zmm(6);
  private static final Simd BITS = Simd.zmm(7);
  private static final Simd ADDED = Simd.zmm(8);

  private final BlockFormat format;
  private final int bitsOffset;
  private final boolean adds;
  private final Simd lowNumbers;
  private final Simd highNumbers;
  private final Simd lowFour;
  private final Simd[] rotations = new Simd[2];

  private FiveBitBlocks(
      BlockFormat format,
      int bitsOffset,
      boolean adds,
      IntUnaryOperator number,
      Constants constants) {
    this.format = format;
    this.bitsOffset = bitsOffset;
    this.adds = adds;
    this.lowNumbers = constants.floats(number);
    this.highNumbers = constants.floats(i -> number.applyAsInt(HALF + i));
    this.lowFour = constants.ints(i -> 15);
    rotations[0] = constants.ints(i -> UPPER_BIT - i & 31);
    rotations[1] = constants.ints(i -> UPPER_BIT - HALF - i & 31);
  }

  static FiveBitBlocks ofQ5_0(Constants constants) {
    return new FiveBitBlocks(new Q5_0(), Q5_0.QH_OFFSET, false, i -> i - Q5_0.ZERO_CODE, constants);
  }

  static FiveBitBlocks ofQ5_1(Constants constants) {
    return new FiveBitBlocks(new Q5_1(), Q5_1.QH_OFFSET, true, i -> i, constants);
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
    Halves.toAllLanes(a, HIGH, Mem.at(block, 0));
    a.vmulps(LOW, lowNumbers, HIGH);
    a.vmulps(HIGH, highNumbers, HIGH);
    if (adds) {
      Halves.toAllLanes(a, ADDED, Mem.at(block, Short.BYTES));
      a.vaddps(LOW, LOW, ADDED);
      a.vaddps(HIGH, HIGH, ADDED);
    }
    a.vpmovzxbd(CODES, Mem.at(block, format.blockBytes() - HALF));
    a.vpbroadcastd(BITS, Mem.at(block, bitsOffset));
    Simd upper = Simd.zmm(9);
    a.vpsrld(upper, CODES, 4);
    for (int half = 0; half < 2; half++) {
      Simd values = half == 0 ? CODES : upper;
      Simd rotated = Simd.zmm(10 + half);
      a.vprolvd(rotated, BITS, rotations[half]);
      a.vpternlogd(values, rotated, lowFour, Ternary.WHERE_C);
      a.vpermi2ps(values, LOW, HIGH);
      sink.accept(values, HALF * half);
    }
  }
}
