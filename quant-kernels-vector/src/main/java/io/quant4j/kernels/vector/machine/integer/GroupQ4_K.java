package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Q4_K;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.RowCode;

/** A block of Q4_K. */
final class GroupQ4_K implements RowCode {
  private static final Simd NUMBERS = Simd.zmm(11);

  private final AffineScales scales;
  private final NibblePairs nibbles;

  GroupQ4_K(Constants constants) {
    this.scales = new AffineScales(constants);
    this.nibbles = new NibblePairs(constants);
  }

  @Override
  public int bytes() {
    return Q4_K.BLOCK_BYTES;
  }

  @Override
  public int vectorBytes() {
    return IntegerVector.BYTES;
  }

  @Override
  public void write(Assembler a, Gpr weights, int slot, Gpr vector, Simd sum) {
    scales.begin(a, weights, NUMBERS);
    for (int pair = 0; pair < ScaledProducts.PAIRS; pair++) {
      nibbles.write(a, weights, Q4_K.QS_OFFSET, pair);
      scales.add(a, NUMBERS, vector, pair);
    }
    scales.end(a, weights, NUMBERS, vector, sum);
  }
}
