package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;

/**
 * A vector in memory: one record for each group of columns, with elements in their order.
 *
 * <ul>
 *   <li>lower bytes of the elements, then upper bytes
 *   <li>16 ints: sums of sixteen elements each
 *   <li>the scale, a float, and room up to the next 64 bytes
 * </ul>
 */
final class IntegerVector {
  /** Columns that share a scale: a block of k-quants, eight of others. */
  static final int GROUP = 256;

  /** The largest magnitude: both its bytes are 127. */
  static final int LEVELS = 127 * 256 + 127;

  /** Columns, and bytes, of a register. */
  static final int STEP = 64;

  static final int UPPER_AT = GROUP;
  static final int SIXTEENS_AT = UPPER_AT + GROUP;
  static final int SCALE_AT = SIXTEENS_AT + GROUP / 16 * Integer.BYTES;

  /** Bytes of a record. */
  static final int BYTES = SCALE_AT + STEP;

  private IntegerVector() {}

  /** Lower bytes of 64 elements. */
  static Mem lower(Gpr record, int step) {
    return Mem.at(record, step * STEP);
  }

  /** Upper bytes of 64 elements. */
  static Mem upper(Gpr record, int step) {
    return Mem.at(record, UPPER_AT + step * STEP);
  }

  /** Sums of sixteens of the group. */
  static Mem sixteens(Gpr record) {
    return Mem.at(record, SIXTEENS_AT);
  }

  /** The scale for all lanes. */
  static Mem scale(Gpr record) {
    return Mem.at(record, SCALE_AT).toAllLanes();
  }
}
