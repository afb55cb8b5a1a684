package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Q4_K;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.RowCode;

/** A block of Q4_K: 64 elements are the lower, then the upper halves of 32 bytes. */
final class GroupQ4_K implements RowCode {
  private static final Simd CODES = Simd.zmm(10);
  private static final Simd PRODUCTS = Simd.zmm(11);

  private final AffineScales scales;
  private final Simd nibbles;
  private final Simd mask;

  GroupQ4_K(Constants constants) {
    this.scales = new AffineScales(constants);
    this.nibbles = constants.bytes(i -> i % 8 * 8 + (i < 32 ? 0 : 4));
    this.mask = constants.bytes(i -> 15);
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
    scales.begin(a, weights);
    for (int step = 0; step < 4; step++) {
      a.vbroadcasti64x4(CODES, Mem.at(weights, Q4_K.QS_OFFSET + step * 32));
      a.vpmultishiftqb(CODES, nibbles, CODES);
      a.vpandd(CODES, CODES, mask);
      ByteProducts.write(a, PRODUCTS, CODES, vector, step);
      scales.add(a, PRODUCTS, step);
    }
    scales.end(a, weights, vector, sum);
  }
}
