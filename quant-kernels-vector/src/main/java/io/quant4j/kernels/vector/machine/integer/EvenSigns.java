package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/**
 * Signs of IQ2_XXS, IQ2_XS and IQ3_XXS: seven bits are stored, and the eighth makes the number of
 * negative elements even.
 */
final class EvenSigns {
  private final Mem low;
  private final Mem high;

  /** Takes no register. */
  EvenSigns(Constants constants) {
    this.low = constants.storedBytes(EvenSigns::mask);
    this.high = constants.storedBytes(i -> mask(Constants.BYTES + i));
  }

  private static int mask(int stored) {
    return stored | (Integer.bitCount(stored) & 1) << 7;
  }

  /**
   * Writes code that completes bytes.
   *
   * @param signs their highest bits do not matter
   * @param scratch overwritten
   */
  void write(Assembler a, Simd signs, Simd scratch) {
    a.vmovups(scratch, low);
    a.vpermi2b(signs, scratch, high);
  }
}
