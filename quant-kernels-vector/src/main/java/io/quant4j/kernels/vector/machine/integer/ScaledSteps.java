package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.FourBitFloats;
import io.quant4j.core.format.NVFP4;
import io.quant4j.core.format.Q1_0;
import io.quant4j.core.format.Q2_0;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.RowCode;

/**
 * Groups of 256 elements whose blocks are 64, or two of them a block: sums of sixteen products come
 * together in one register before they are multiplied by scales. A lane is at most 16 * 24 * 32639.
 */
final class ScaledSteps implements RowCode {
  private static final int STEPS = 4;
  private static final Simd[] PRODUCTS = {Simd.zmm(4), Simd.zmm(5)};
  private static final Simd[] PAIRS = {Simd.zmm(6), Simd.zmm(7)};
  private static final Simd CODES = Simd.zmm(8);
  private static final Simd SCRATCH = Simd.zmm(9);
  private static final Simd OFFSETS = Simd.zmm(10);

  /** Makes the unsigned codes of 64 elements. */
  private interface Codes {
    void write(Assembler a, Gpr weights, int step, Simd codes);
  }

  /** Makes the floats for the lanes of {@link BlockSums}, of 16 elements each. */
  private interface Scales {
    void write(Assembler a, Gpr weights, Simd scales, Simd scratch);
  }

  private final int bytes;
  private final Codes codes;
  private final Scales scales;
  private final BlockSums sums;
  private final Mem offset;

  private ScaledSteps(Constants constants, int bytes, Codes codes, Scales scales, int offset) {
    this.bytes = bytes;
    this.codes = codes;
    this.scales = scales;
    this.sums = new BlockSums(constants);
    this.offset = constants.storedInts(i -> -offset);
  }

  static ScaledSteps ofQ1_0(Constants c) {
    // A bit counts two, and the offset of one makes it plus or minus one.
    Simd move = c.bytes(i -> i % 8 - 1 & 63);
    Simd mask = c.bytes(i -> 2);
    Codes codes =
        (a, weights, step, to) -> {
          int at = step / 2 * Q1_0.BLOCK_BYTES + Q1_0.QS_OFFSET + step % 2 * Long.BYTES;
          a.vpmovzxbq(to, Mem.at(weights, at));
          a.vpmultishiftqb(to, move, to);
          a.vpandd(to, to, mask);
        };
    Simd halves = c.ints(i -> words(2 * i % 4 / 2 * Q1_0.BLOCK_BYTES));
    Scales scales =
        (a, weights, to, scratch) -> {
          a.vmovups(to.half(), Mem.at(weights, Q1_0.D_OFFSET));
          a.vpermw(to.half(), halves.half(), to.half());
          a.vcvtph2ps(to, to.half());
        };
    return new ScaledSteps(c, 2 * Q1_0.BLOCK_BYTES, codes, scales, 1);
  }

  static ScaledSteps ofQ2_0(Constants c) {
    Simd move = c.bytes(i -> i % 8 * 2);
    Simd mask = c.bytes(i -> 3);
    Codes codes =
        (a, weights, step, to) -> {
          a.vpmovzxwq(to, Mem.at(weights, step * Q2_0.BLOCK_BYTES + Q2_0.QS_OFFSET));
          a.vpmultishiftqb(to, move, to);
          a.vpandd(to, to, mask);
        };
    Simd halves =
        c.ints(i -> words(i % 2 * 2 * Q2_0.BLOCK_BYTES, (i % 2 * 2 + 1) * Q2_0.BLOCK_BYTES));
    Scales scales =
        (a, weights, to, scratch) -> {
          a.vmovups(to, Mem.at(weights, Q2_0.D_OFFSET));
          a.vpermw(to, halves, to);
          a.vcvtph2ps(to, to.half());
        };
    return new ScaledSteps(c, STEPS * Q2_0.BLOCK_BYTES, codes, scales, Q2_0.ZERO_CODE);
  }

  /** Indexes of the same word twice. */
  private static int words(int byteOffset) {
    return words(byteOffset, byteOffset);
  }

  private static int words(int first, int second) {
    return first / Short.BYTES | second / Short.BYTES << Short.SIZE;
  }

  static ScaledSteps ofNVFP4(Constants c) {
    Simd pairs = c.bytes(i -> i / 16 * 8 + i % 8);
    Simd move = c.bytes(i -> i % 8 * 8 + i / 8 % 2 * 4);
    int largest = FourBitFloats.LARGEST;
    Simd table = c.bytes(i -> FourBitFloats.doubled(i % 16) + largest);
    Codes codes =
        (a, weights, step, to) -> {
          a.vmovups(to.half(), Mem.at(weights, step * NVFP4.BLOCK_BYTES + NVFP4.QS_OFFSET));
          a.vpermb(to, pairs, to);
          a.vpmultishiftqb(to, move, to);
          a.vpermb(to, to, table);
        };
    return new ScaledSteps(
        c, STEPS * NVFP4.BLOCK_BYTES, codes, new EightBitScales(c)::write, largest);
  }

  @Override
  public int bytes() {
    return bytes;
  }

  @Override
  public int vectorBytes() {
    return IntegerVector.BYTES;
  }

  @Override
  public void shared(Assembler a, Gpr vector) {
    sums.ofVector(a, OFFSETS, vector);
    a.vpmulld(OFFSETS, OFFSETS, offset);
  }

  @Override
  public void write(Assembler a, Gpr weights, int slot, Gpr vector, Simd sum) {
    for (int step = 0; step < STEPS; step++) {
      codes.write(a, weights, step, CODES);
      ByteProducts.write(a, PRODUCTS[step % 2], CODES, vector, step);
      if (step % 2 == 1) {
        BlockSums.pair(a, PAIRS[step / 2], PRODUCTS[0], PRODUCTS[1]);
      }
    }
    Simd total = PRODUCTS[0];
    BlockSums.join(a, total, PAIRS[0], PAIRS[1]);
    a.vpaddd(total, total, OFFSETS);
    a.vcvtdq2ps(total, total);
    scales.write(a, weights, CODES, SCRATCH);
    a.vmulps(total, total, CODES);
    a.vfmadd231ps(sum, total, IntegerVector.scale(vector));
  }
}
