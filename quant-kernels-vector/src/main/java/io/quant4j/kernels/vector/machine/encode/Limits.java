package io.quant4j.kernels.vector.machine.encode;

import io.quant4j.kernels.vector.lanes.Nearest;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/**
 * Nearest integers within limits, in the arithmetic of {@link Nearest}, which is exact for odd
 * inputs too.
 */
final class Limits {
  /** a and b, or c. */
  private static final int CUT_AND_SET = 0xEA;

  private final Simd shift;
  private final Simd lowBits;
  private final Simd highBits;
  private final Simd lowest;
  private final Simd highest;

  Limits(Constants constants, int lowest, int highest) {
    shift = constants.ints(i -> Nearest.SHIFT_BITS);
    lowBits = constants.ints(i -> Nearest.LOW_BITS);
    highBits = constants.ints(i -> Nearest.HIGH_BITS);
    this.lowest = lowest == 0 ? shift : constants.ints(i -> Nearest.SHIFT_BITS + lowest);
    this.highest = constants.ints(i -> Nearest.SHIFT_BITS + highest);
  }

  /** The lowest integer as float. */
  void lowest(Assembler a, Simd to) {
    a.vsubps(to, lowest, shift);
  }

  /** Numbers to the nearest integers, as floats. */
  void round(Assembler a, Simd number) {
    limit(a, number);
    a.vsubps(number, number, shift);
  }

  /** The same for magnitudes below 2^22 only, one instruction less. */
  void roundSmall(Assembler a, Simd number) {
    a.vaddps(number, number, shift);
    a.vpmaxsd(number, number, lowest);
    a.vpminsd(number, number, highest);
    a.vsubps(number, number, shift);
  }

  /** Numbers to the nearest integers, less the lowest, as ints. */
  void code(Assembler a, Simd number) {
    limit(a, number);
    a.vpsubd(number, number, lowest);
  }

  private void limit(Assembler a, Simd number) {
    a.vaddps(number, number, shift);
    a.vpternlogd(number, lowBits, highBits, CUT_AND_SET);
    a.vpmaxsd(number, number, lowest);
    a.vpminsd(number, number, highest);
  }
}
