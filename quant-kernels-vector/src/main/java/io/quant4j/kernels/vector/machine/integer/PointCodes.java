package io.quant4j.kernels.vector.machine.integer;

import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSP;

import io.quant4j.core.format.Codebook;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;
import io.quant4j.kernels.vector.machine.product.Constants;
import java.util.function.IntUnaryOperator;

/**
 * Points as {@link PointBits} and signs, left on the stack for a block of 256 elements, and codes
 * made of them, which are unsigned.
 */
final class PointCodes {
  private final int components;
  private final Simd levels;
  private final Simd signs;
  private final Simd levelMask;
  private final Simd values;
  private final int offset;

  /**
   * Takes four constants.
   *
   * @param value of an index: a level and, above its bits, a bit of the byte of signs
   */
  private PointCodes(Constants constants, Codebook codebook, int offset, IntUnaryOperator value) {
    PointBits bits = new PointBits(codebook);
    this.components = codebook.components();
    this.levels =
        constants.bytes(i -> i % 8 / components * Integer.SIZE + bits.bitOf(i % components));
    this.signs = constants.bytes(i -> i % 8 - bits.bits() & 63);
    this.levelMask = constants.bytes(i -> (1 << bits.bits()) - 1);
    this.offset = offset;
    this.values = constants.bytes(i -> offset + value.applyAsInt(i));
  }

  /** Plus or minus the value of a level. */
  static PointCodes signed(Constants constants, Codebook codebook) {
    int bits = new PointBits(codebook).bits();
    int largest = codebook.levelValue(codebook.levels() - 1);
    return new PointCodes(
        constants,
        codebook,
        largest,
        i -> (i >> bits & 1) == 0 ? value(codebook, bits, i) : -value(codebook, bits, i));
  }

  /** Eighths: eight times the value of a level, plus or minus one. */
  static PointCodes shifted(Constants constants, Codebook codebook) {
    int bits = new PointBits(codebook).bits();
    return new PointCodes(
        constants,
        codebook,
        9,
        i -> 8 * value(codebook, bits, i) + ((i >> bits & 1) == 0 ? 1 : -1));
  }

  /** Further bits of an index do not matter, and levels beyond the last do not occur. */
  private static int value(Codebook codebook, int bits, int index) {
    return codebook.levelValue(Math.min(index & (1 << bits) - 1, codebook.levels() - 1));
  }

  /** What codes are too large by. */
  int offset() {
    return offset;
  }

  /** The place of 32 points on the stack. */
  static Mem points(int slot, int register) {
    return Mem.at(RSP, slot + register * Constants.BYTES);
  }

  /** The place of the signs, a byte for eight elements, from 64 elements on. */
  static Mem signs(int slot, int step) {
    return Mem.at(RSP, slot + 2 * Constants.BYTES + step * Long.BYTES);
  }

  /** Writes code that makes the codes of 64 elements. */
  void write(Assembler a, int slot, Mem signBytes, int step, Simd codes, Simd scratch) {
    int bytes = IntegerVector.STEP / components * Short.BYTES;
    Mem points = Mem.at(RSP, slot + step * bytes);
    if (components == 8) {
      a.vpmovzxwq(codes, points);
    } else {
      a.vpmovzxwd(codes, points);
    }
    a.vpmovzxbq(scratch, signBytes);
    a.vpmultishiftqb(codes, levels, codes);
    a.vpmultishiftqb(scratch, signs, scratch);
    a.vpternlogd(codes, scratch, levelMask, Ternary.WHERE_C);
    a.vpermb(codes, codes, values);
  }
}
