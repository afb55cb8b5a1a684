package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.TQ1_0;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mask;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;
import io.quant4j.kernels.vector.machine.product.Constants;

/**
 * Codes of TQ1_0. The next digit of a byte is 0, 1 or 2 as three times the byte is less than 256,
 * less than 512 or more; the byte is then multiplied by three. All bytes of a block are in one
 * register: 32 of five digits, 16 of five, 4 of four.
 */
final class TernaryDigits {
  private static final int DIGITS = 5;
  private static final int LONG_RUN = 32;
  private static final int SHORT_RUN = 16;
  private static final int LAST_RUN = 4;

  /** Where a load of 32 bytes ends with d. */
  private static final int TAIL = TQ1_0.BLOCK_BYTES - LONG_RUN;

  private static final Mask ONE_OR_TWO = new Mask(1);
  private static final Mask TWO = new Mask(2);
  private static final int FIRST_DIGIT = 10;
  private static final Simd BYTES = Simd.zmm(9);
  private static final Simd SCRATCH = Simd.zmm(8);

  private final Simd order;
  private final Simd leastOfOne;
  private final Simd leastOfTwo;
  private final Simd zero;
  private final Simd one;
  private final Simd two;
  private final Simd longRuns;
  private final Simd shortRuns;
  private final Simd upperHalf;
  private final Simd allButThirdQuarter;
  private final Simd lastRuns;
  private final Simd secondPairLast;
  private final Simd allButLast;

  /** Takes thirteen constants. */
  TernaryDigits(Constants c) {
    this.order = c.bytes(i -> i < LONG_RUN ? i : Constants.BYTES + i - TAIL & 127);
    this.leastOfOne = c.bytes(i -> 86);
    this.leastOfTwo = c.bytes(i -> 171);
    this.zero = c.bytes(i -> 0);
    this.one = c.bytes(i -> 1);
    this.two = c.bytes(i -> 2);
    this.longRuns = c.bytes(i -> i / LONG_RUN * Constants.BYTES + i % LONG_RUN);
    this.shortRuns = c.bytes(i -> i / SHORT_RUN % 2 * Constants.BYTES + LONG_RUN + i % SHORT_RUN);
    this.upperHalf = c.bytes(i -> i < LONG_RUN ? 0 : -1);
    this.allButThirdQuarter = c.bytes(i -> i / SHORT_RUN == 2 ? 0 : -1);
    this.lastRuns =
        c.bytes(i -> i / LAST_RUN % 2 * Constants.BYTES + LONG_RUN + SHORT_RUN + i % LAST_RUN);
    this.allButLast = c.bytes(i -> i / SHORT_RUN == 3 ? 0 : -1);
    this.secondPairLast = c.bytes(i -> i / (2 * LAST_RUN) == 7 ? -1 : 0);
  }

  private static Simd digit(int i) {
    return Simd.zmm(FIRST_DIGIT + i);
  }

  /** Writes code that leaves all digits in zmm10 to zmm14. */
  void write(Assembler a, Gpr block) {
    a.vmovups(BYTES.half(), Mem.at(block, TQ1_0.QS_OFFSET));
    a.vmovups(SCRATCH.half(), Mem.at(block, TAIL));
    a.vpermt2b(BYTES, order, SCRATCH);
    for (int i = 0; i < DIGITS; i++) {
      a.vpcmpnltub(ONE_OR_TWO, BYTES, leastOfOne);
      a.vpcmpnltub(TWO, BYTES, leastOfTwo);
      a.vpblendmb(digit(i), ONE_OR_TWO, zero, one);
      a.vpblendmb(digit(i), TWO, digit(i), two);
      if (i < DIGITS - 1) {
        a.vpaddb(SCRATCH, BYTES, BYTES);
        a.vpaddb(BYTES, SCRATCH, BYTES);
      }
    }
  }

  /** Writes code that puts the codes of 64 elements in their order; uses zmm8 and zmm9. */
  void codes(Assembler a, int step, Simd to) {
    switch (step) {
      case 0 -> pair(a, 0, longRuns, to);
      case 1 -> pair(a, 2, longRuns, to);
      case 2 -> {
        pair(a, 0, shortRuns, to);
        a.vpternlogd(to, digit(4), upperHalf, Ternary.WHERE_C);
      }
      default -> last(a, to);
    }
  }

  /** Two short runs, the fifth, and the last runs: two pairs of four. */
  private void last(Assembler a, Simd to) {
    pair(a, 2, shortRuns, to);
    pair(a, 0, lastRuns, SCRATCH);
    pair(a, 2, lastRuns, BYTES);
    a.vpternlogd(BYTES, SCRATCH, secondPairLast, Ternary.WHERE_C);
    a.vpternlogd(to, digit(4), allButThirdQuarter, Ternary.WHERE_C);
    a.vpternlogd(to, BYTES, allButLast, Ternary.WHERE_C);
  }

  private void pair(Assembler a, int first, Simd runs, Simd to) {
    a.vmovups(to, digit(first));
    a.vpermt2b(to, runs, digit(first + 1));
  }
}
