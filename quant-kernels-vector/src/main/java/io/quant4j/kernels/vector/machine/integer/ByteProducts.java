package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/** Products of 64 codes with 64 elements of the vector. */
final class ByteProducts {
  private static final int BYTE = 8;

  private ByteProducts() {}

  /**
   * Writes code that sums up four products in each int.
   *
   * @param codes unsigned bytes
   * @param step which 64 elements of the record
   */
  static void write(Assembler a, Simd sums, Simd codes, Gpr vector, int step) {
    a.clear(sums);
    a.vpdpbusd(sums, codes, IntegerVector.upper(vector, step));
    a.vpslld(sums, sums, BYTE);
    a.vpdpbusd(sums, codes, IntegerVector.lower(vector, step));
  }
}
