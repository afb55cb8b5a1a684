package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.core.format.TQ1_0;
import io.quant4j.core.format.TQ2_0;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.Halves;
import io.quant4j.kernels.vector.machine.product.RowCode;

/**
 * A block of TQ1_0 or TQ2_0: one scale for all, so products are summed up as they come. A lane is
 * at most 16 * 3 * 32639.
 */
final class TernaryGroup implements RowCode {
  private static final int STEPS = 4;
  private static final Simd[] CODES = {Simd.zmm(6), Simd.zmm(7)};
  private static final Simd OFFSETS = Simd.zmm(15);

  /** Makes the codes of 64 elements; the steps come in their order. */
  private interface Codes {
    void write(Assembler a, Gpr weights, int step);
  }

  private final BlockFormat format;
  private final int scaleAt;
  private final Codes codes;
  private final Mem offset;

  private TernaryGroup(Constants constants, BlockFormat format, int scaleAt, Codes codes) {
    this.format = format;
    this.scaleAt = scaleAt;
    this.codes = codes;
    this.offset = constants.storedInts(i -> -TQ2_0.ZERO_CODE);
  }

  static TernaryGroup ofTQ1_0(Constants constants) {
    TernaryDigits digits = new TernaryDigits(constants);
    return new TernaryGroup(
        constants,
        new TQ1_0(),
        TQ1_0.D_OFFSET,
        (a, weights, step) -> {
          if (step == 0) {
            digits.write(a, weights);
          }
          digits.codes(a, step, CODES[step % 2]);
        });
  }

  static TernaryGroup ofTQ2_0(Constants constants) {
    TwoBitPairs pairs = new TwoBitPairs(constants);
    return new TernaryGroup(
        constants,
        new TQ2_0(),
        TQ2_0.D_OFFSET,
        (a, weights, step) -> {
          if (step % 2 == 0) {
            Mem bytes = TwoBitPairs.bytes(weights, TQ2_0.QS_OFFSET, step / 2);
            pairs.write(a, bytes, CODES[0], CODES[1]);
          }
        });
  }

  @Override
  public int bytes() {
    return format.blockBytes();
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
    for (int step = 0; step < STEPS; step++) {
      codes.write(a, weights, step);
      a.vpdpbusd(upper, CODES[step % 2], IntegerVector.upper(vector, step));
      a.vpdpbusd(lower, CODES[step % 2], IntegerVector.lower(vector, step));
    }
    ScaledProducts.join(a);
    Simd scale = CODES[0];
    Halves.toAllLanes(a, scale, Mem.at(weights, scaleAt));
    a.vmulps(scale, scale, IntegerVector.scale(vector));
    a.vfmadd231ps(sum, lower, scale);
  }
}
