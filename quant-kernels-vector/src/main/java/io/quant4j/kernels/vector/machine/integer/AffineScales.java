package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.SixBitIntegers;

/**
 * Scales and minimums of Q4_K and Q5_K: sums of products times scales are ints; the minimums are
 * multiplied with the sums of the vector's elements. Uses zmm4 to zmm9.
 */
final class AffineScales {
  private static final Simd PACKED = Simd.zmm(4);
  private static final Simd NUMBERS = Simd.zmm(5);
  private static final Simd TOTAL = Simd.zmm(6);
  private static final Simd CHOSEN = Simd.zmm(7);
  private static final Simd FACTORS = Simd.zmm(8);
  private static final Simd FACTOR = Simd.zmm(9);

  private final SixBitIntegers integers;
  private final Simd[] scales;
  private final Simd minimums;
  private final Simd second;

  AffineScales(Constants constants) {
    this.integers = new SixBitIntegers(constants);
    this.scales = new Simd[4];
    for (int step = 0; step < scales.length; step++) {
      int group = 2 * step;
      scales[step] = constants.ints(lane -> group + lane / 8);
    }
    this.minimums = constants.ints(lane -> SixBitIntegers.GROUPS + lane / 2);
    this.second = constants.ints(lane -> 1);
  }

  /** Unpacks them. */
  void begin(Assembler a, Gpr block) {
    integers.write(a, block, PACKED, NUMBERS, TOTAL);
  }

  /** Adds sums of products of 64 elements times their scales. */
  void add(Assembler a, Simd products, int step) {
    a.vpermd(CHOSEN, scales[step], NUMBERS);
    if (step == 0) {
      a.vpmulld(TOTAL, products, CHOSEN);
    } else {
      a.vpmulld(CHOSEN, products, CHOSEN);
      a.vpaddd(TOTAL, TOTAL, CHOSEN);
    }
  }

  /** Adds what all have come to, to the row's sums. */
  void end(Assembler a, Gpr block, Gpr vector, Simd sum) {
    a.vpermd(CHOSEN, minimums, NUMBERS);
    a.vpmulld(CHOSEN, CHOSEN, IntegerVector.sixteens(vector));
    a.vcvtdq2ps(CHOSEN, CHOSEN);
    a.vcvtdq2ps(TOTAL, TOTAL);
    a.vcvtph2ps(FACTORS.quarter(), Mem.at(block, 0));
    a.vmulps(FACTORS.quarter(), FACTORS.quarter(), IntegerVector.scale(vector));
    a.vbroadcastss(FACTOR, FACTORS.quarter());
    a.vfmadd231ps(sum, TOTAL, FACTOR);
    a.vpermps(FACTOR, second, FACTORS);
    a.vfnmadd231ps(sum, CHOSEN, FACTOR);
  }
}
