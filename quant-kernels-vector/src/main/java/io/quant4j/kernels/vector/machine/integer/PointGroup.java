package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.Halves;
import io.quant4j.kernels.vector.machine.product.RowCode;

/**
 * A block of 256 elements that are points of a codebook: sums of sixteen products each, times
 * scales.
 *
 * <p>A lane of the sums is at most 16 * 62 * 32639 once the offset of codes is off, and times a
 * scale of at most 31 it is 1.0e9.
 */
abstract class PointGroup implements RowCode {
  private static final Simd[] PRODUCTS = {Simd.zmm(4), Simd.zmm(5)};
  private static final Simd[] PAIRS = {Simd.zmm(6), Simd.zmm(7)};
  private static final Simd CODES = Simd.zmm(8);
  private static final Simd SCRATCH = Simd.zmm(9);
  private static final Simd OFFSETS = Simd.zmm(15);

  private final PointCodes codes;
  private final BlockSums sums;
  private final Mem offset;
  private final Mem unit;

  /**
   * Takes no register.
   *
   * @param unit what scales are multiples of, but for d
   */
  PointGroup(Constants constants, PointCodes codes, float unit) {
    this.codes = codes;
    this.sums = new BlockSums(constants);
    this.offset = constants.storedInts(i -> -codes.offset());
    this.unit = constants.storedInts(i -> Float.floatToRawIntBits(unit));
  }

  @Override
  public final int vectorBytes() {
    return IntegerVector.BYTES;
  }

  /** What goes through the stack is waited for, and memory is faster than this by far. */
  @Override
  public final int rows() {
    return 4;
  }

  @Override
  public final void shared(Assembler a, Gpr vector) {
    sums.ofVector(a, OFFSETS, vector);
    a.vpmulld(OFFSETS, OFFSETS, offset);
  }

  /** Writes code that makes a register the scales of the lanes, ints. */
  abstract void scales(Assembler a, Gpr weights, Simd scales, Simd scratch);

  /** Where a byte of signs is for each of eight times eight elements. */
  Mem signs(Gpr weights, int slot, int step) {
    return PointCodes.signs(slot, step);
  }

  /** Writes code that puts d into all lanes; it is the block's first half unless overridden. */
  void factor(Assembler a, Gpr weights, Simd to, Simd scratch) {
    Halves.toAllLanes(a, to, Mem.at(weights, 0));
  }

  @Override
  public final void write(Assembler a, Gpr weights, int slot, Gpr vector, Simd sum) {
    for (int step = 0; step < 4; step++) {
      codes.write(a, slot, signs(weights, slot, step), step, CODES, SCRATCH);
      ByteProducts.write(a, PRODUCTS[step % 2], CODES, vector, step);
      if (step % 2 == 1) {
        BlockSums.pair(a, PAIRS[step / 2], PRODUCTS[0], PRODUCTS[1]);
      }
    }
    Simd total = PRODUCTS[0];
    BlockSums.join(a, total, PAIRS[0], PAIRS[1]);
    a.vpaddd(total, total, OFFSETS);
    scales(a, weights, CODES, SCRATCH);
    a.vpmulld(total, total, CODES);
    a.vcvtdq2ps(total, total);
    factor(a, weights, SCRATCH, CODES);
    a.vmulps(SCRATCH, SCRATCH, IntegerVector.scale(vector));
    a.vmulps(SCRATCH, SCRATCH, unit);
    a.vfmadd231ps(sum, total, SCRATCH);
  }
}
