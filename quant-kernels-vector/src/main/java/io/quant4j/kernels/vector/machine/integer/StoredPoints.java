package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Codebook;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Mask;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/**
 * The levels of a codebook of more than 256 points in memory. An instruction looks up bytes of
 * {@link PointBits} for 128 points; further bits of an index choose between what several found.
 * Uses zmm4 to zmm11.
 */
final class StoredPoints {
  /** Lower eight bits of indexes; overwritten by the points' lower bytes. */
  static final Simd INDEXES = Simd.zmm(4);

  /** The points' upper bytes. */
  static final Simd UPPER = Simd.zmm(5);

  private static final Simd TABLE = Simd.zmm(6);
  private static final int FIRST_RESULT = 7;
  private static final int POINTS = 2 * Constants.BYTES;

  private final int runs;
  private final Mem[][] tables;

  /** Takes no register. */
  StoredPoints(Constants constants, Codebook codebook) {
    PointBits bits = new PointBits(codebook);
    this.runs = codebook.size() / POINTS;
    this.tables = new Mem[2][2 * runs];
    for (int part = 0; part < 2; part++) {
      int shift = Byte.SIZE * part;
      for (int i = 0; i < 2 * runs; i++) {
        int first = i * Constants.BYTES;
        tables[part][i] = constants.storedBytes(point -> bits.of(first + point) >> shift);
      }
    }
  }

  /**
   * The mask of a bit of the indexes.
   *
   * @param bit from 8 on; whoever calls {@link #write} has to set it
   */
  static Mask ofBit(int bit) {
    return new Mask(bit - 6);
  }

  /** Writes code that looks up 64 points. */
  void write(Assembler a) {
    a.vpmovb2m(ofBit(7), INDEXES);
    lookUp(a, 1, UPPER, 0, runs, FIRST_RESULT);
    lookUp(a, 0, Simd.zmm(FIRST_RESULT), 0, runs, FIRST_RESULT + 1);
    a.vmovups(INDEXES, Simd.zmm(FIRST_RESULT));
  }

  /** Looks some runs of points up; registers from {@code free} on are. */
  private void lookUp(Assembler a, int part, Simd to, int first, int count, int free) {
    if (count == 1) {
      a.vmovups(to, INDEXES);
      a.vmovups(TABLE, tables[part][2 * first]);
      a.vpermi2b(to, TABLE, tables[part][2 * first + 1]);
      return;
    }
    int half = count / 2;
    Simd second = Simd.zmm(free);
    lookUp(a, part, to, first, half, free + 1);
    lookUp(a, part, second, first + half, half, free + 1);
    a.vpblendmb(to, ofBit(6 + Integer.numberOfTrailingZeros(count)), to, second);
  }
}
