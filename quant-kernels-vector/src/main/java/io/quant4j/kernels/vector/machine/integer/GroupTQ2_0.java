package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.TQ2_0;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.Halves;
import io.quant4j.kernels.vector.machine.product.RowCode;

/**
 * A block of TQ2_0: one scale for all, so products are summed up as they come. A lane is at most 16
 * * 3 * 32639.
 */
final class GroupTQ2_0 implements RowCode {
  private static final Simd[] CODES = {Simd.zmm(8), Simd.zmm(9)};
  private static final Simd SCALE = Simd.zmm(10);
  private static final Simd OFFSETS = Simd.zmm(11);

  private final TwoBitPairs codes;
  private final Mem offset;

  GroupTQ2_0(Constants constants) {
    this.codes = new TwoBitPairs(constants);
    this.offset = constants.storedInts(i -> -TQ2_0.ZERO_CODE);
  }

  @Override
  public int bytes() {
    return TQ2_0.BLOCK_BYTES;
  }

  @Override
  public int vectorBytes() {
    return IntegerVector.BYTES;
  }

  @Override
  public void shared(Assembler a, Gpr vector) {
    a.vmovups(OFFSETS, offset);
    a.vpmulld(OFFSETS, OFFSETS, IntegerVector.sixteens(vector));
  }

  @Override
  public void write(Assembler a, Gpr weights, int slot, Gpr vector, Simd sum) {
    Simd upper = ScaledProducts.UPPER;
    Simd lower = ScaledProducts.LOWER;
    a.clear(upper);
    a.vmovups(lower, OFFSETS);
    for (int pair = 0; pair < ScaledProducts.PAIRS; pair++) {
      codes.write(a, TwoBitPairs.bytes(weights, TQ2_0.QS_OFFSET, pair), CODES[0], CODES[1]);
      for (int i = 0; i < CODES.length; i++) {
        int step = 2 * pair + i;
        a.vpdpbusd(upper, CODES[i], IntegerVector.upper(vector, step));
        a.vpdpbusd(lower, CODES[i], IntegerVector.lower(vector, step));
      }
    }
    ScaledProducts.join(a);
    Halves.toAllLanes(a, SCALE, Mem.at(weights, TQ2_0.D_OFFSET));
    a.vmulps(SCALE, SCALE, IntegerVector.scale(vector));
    a.vfmadd231ps(sum, lower, SCALE);
  }
}
