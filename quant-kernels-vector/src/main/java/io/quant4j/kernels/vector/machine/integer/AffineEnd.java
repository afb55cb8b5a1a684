package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/**
 * The end of a block with minimums: d times the total of {@link ScaledProducts}, minus dmin times
 * minimums times sums of the vector's elements. Uses zmm8 and zmm9.
 *
 * <p>A lane of the total is at most 16 * 31 * 63 * 32639 = 1.02e9, one of the minimums at most 63 *
 * 16 * 32639 = 3.3e7.
 */
final class AffineEnd {
  private static final Simd FACTORS = Simd.zmm(8);
  private static final Simd FACTOR = Simd.zmm(9);

  private final int from;
  private final Simd d;
  private final Simd dmin;

  /**
   * Takes two constants.
   *
   * @param from where 8 bytes of the block are that have both numbers
   * @param d which of four halves; dmin is the next
   */
  AffineEnd(Constants constants, int from, int d) {
    this.from = from;
    this.d = constants.ints(i -> d);
    this.dmin = constants.ints(i -> d + 1);
  }

  /**
   * Writes it.
   *
   * @param minimums of sixteen elements each; overwritten
   */
  void write(Assembler a, Gpr block, Simd minimums, Gpr vector, Simd sum) {
    a.vpmulld(minimums, minimums, IntegerVector.sixteens(vector));
    a.vcvtdq2ps(minimums, minimums);
    a.vcvtph2ps(FACTORS.quarter(), Mem.at(block, from));
    a.vmulps(FACTORS.quarter(), FACTORS.quarter(), IntegerVector.scale(vector));
    ScaledProducts.join(a);
    a.vpermps(FACTOR, d, FACTORS);
    a.vfmadd231ps(sum, ScaledProducts.LOWER, FACTOR);
    a.vpermps(FACTOR, dmin, FACTORS);
    a.vfnmadd231ps(sum, minimums, FACTOR);
  }
}
