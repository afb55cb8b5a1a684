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

  private final int factorsAt;
  private final Simd second;

  /**
   * Takes one constant.
   *
   * @param factorsAt where d is in the block; dmin follows it
   */
  AffineEnd(Constants constants, int factorsAt) {
    this.factorsAt = factorsAt;
    this.second = constants.ints(i -> 1);
  }

  /**
   * Writes it.
   *
   * @param minimums of sixteen elements each; overwritten
   */
  void write(Assembler a, Gpr block, Simd minimums, Gpr vector, Simd sum) {
    a.vpmulld(minimums, minimums, IntegerVector.sixteens(vector));
    a.vcvtdq2ps(minimums, minimums);
    // A load of 8 bytes would convert whatever is behind them, slowly if it is a denormal number.
    a.vpbroadcastd(FACTORS.quarter(), Mem.at(block, factorsAt));
    a.vcvtph2ps(FACTORS.quarter(), FACTORS.quarter());
    a.vmulps(FACTORS.quarter(), FACTORS.quarter(), IntegerVector.scale(vector));
    ScaledProducts.join(a);
    a.vbroadcastss(FACTOR, FACTORS.quarter());
    a.vfmadd231ps(sum, ScaledProducts.LOWER, FACTOR);
    a.vpermps(FACTOR, second, FACTORS);
    a.vfnmadd231ps(sum, minimums, FACTOR);
  }
}
