package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Codebook;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Mask;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/**
 * The levels of a codebook of 256 points in registers. Bytes of {@link PointBits} are looked up.
 */
final class PointTable {
  private static final int REGISTERS = 4;
  private static final Mask UPPER_HALF = new Mask(1);

  private final Simd[][] tables = new Simd[2][REGISTERS];

  /** Takes eight constants. */
  PointTable(Constants constants, Codebook codebook) {
    PointBits bits = new PointBits(codebook);
    for (int part = 0; part < 2; part++) {
      int shift = Byte.SIZE * part;
      for (int i = 0; i < REGISTERS; i++) {
        int first = i * Constants.BYTES;
        tables[part][i] = constants.bytes(point -> bits.of(first + point) >> shift);
      }
    }
  }

  /**
   * The point whose index belongs to a byte, so that bytes of points interleaved in each 128 bits
   * are 32 points in their order, and then 32 more.
   */
  static int pointAt(int index) {
    return index / 8 % 2 * 32 + index / 16 * 8 + index % 8;
  }

  /**
   * Writes code that looks up 64 points.
   *
   * @param indexes bytes; overwritten by the points' lower bytes
   * @param upper becomes their upper bytes
   * @param scratch overwritten
   */
  void write(Assembler a, Simd indexes, Simd upper, Simd scratch) {
    a.vpmovb2m(UPPER_HALF, indexes);
    a.vmovups(upper, indexes);
    part(a, 1, upper, scratch, indexes);
    part(a, 0, indexes, scratch, indexes);
  }

  private void part(Assembler a, int part, Simd result, Simd scratch, Simd indexes) {
    a.vmovups(scratch, indexes);
    a.vpermi2b(result, tables[part][0], tables[part][1]);
    a.vpermi2b(scratch, tables[part][2], tables[part][3]);
    a.vpblendmb(result, UPPER_HALF, result, scratch);
  }
}
