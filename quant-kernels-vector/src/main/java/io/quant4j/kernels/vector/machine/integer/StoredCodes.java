package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;
import io.quant4j.kernels.vector.machine.product.Constants;
import java.util.function.IntUnaryOperator;

/** Codes of 64 elements out of a register of {@link BlocksOf32}, as unsigned bytes. */
interface StoredCodes {

  /**
   * Writes code that takes them out.
   *
   * @param odd whether the register is the second or fourth: 0 or 1
   * @param scratch overwritten
   */
  void write(Assembler a, Simd stored, int odd, Simd codes, Simd scratch);

  /** Lower halves of 16 bytes, then upper halves. */
  static StoredCodes nibbles(Constants constants, BlocksOf32 blocks, int at) {
    Halves halves = new Halves(constants, blocks, at);
    Simd mask = constants.bytes(i -> 15);
    return (a, stored, odd, codes, scratch) -> {
      halves.write(a, stored, odd, codes);
      a.vpandd(codes, codes, mask);
    };
  }

  /**
   * Numbers of a table of 16 by such halves.
   *
   * @param number 0 to 255
   */
  static StoredCodes table(
      Constants constants, BlocksOf32 blocks, int at, IntUnaryOperator number) {
    Halves halves = new Halves(constants, blocks, at);
    // Four times the table, so that the two bits of another half in an index do not matter.
    Simd table = constants.bytes(i -> number.applyAsInt(i % 16));
    return (a, stored, odd, codes, scratch) -> {
      halves.write(a, stored, odd, codes);
      a.vpermb(codes, codes, table);
    };
  }

  /**
   * Such halves, and a fifth bit of each element in four bytes.
   *
   * @param bitsAt where these are in a block
   */
  static StoredCodes fiveBits(Constants constants, BlocksOf32 blocks, int at, int bitsAt) {
    StoredCodes nibbles = nibbles(constants, blocks, at);
    Simd[] bytes = blocks.indexes(constants, element -> bitsAt + element / 8);
    Simd move = constants.bytes(i -> i % 8 - 4 & 63);
    Simd mask = constants.bytes(i -> 16);
    return (a, stored, odd, codes, scratch) -> {
      nibbles.write(a, stored, odd, codes, scratch);
      a.vpermb(scratch, bytes[odd], stored);
      a.vpmultishiftqb(scratch, move, scratch);
      a.vpternlogd(codes, scratch, mask, Ternary.OR_AND);
    };
  }

  /** Each of 16 bytes of a block twice, shifted so that its lower bits are what is wanted. */
  final class Halves {
    private static final int BYTES = 16;

    private final Simd[] bytes;
    private final Simd move;

    /** Takes three constants. */
    Halves(Constants constants, BlocksOf32 blocks, int at) {
      this.bytes = blocks.indexes(constants, element -> at + element % BYTES);
      this.move = constants.bytes(i -> i % 8 * 8 + i / BYTES % 2 * 4);
    }

    void write(Assembler a, Simd stored, int odd, Simd codes) {
      a.vpermb(codes, bytes[odd], stored);
      a.vpmultishiftqb(codes, move, codes);
    }
  }
}
