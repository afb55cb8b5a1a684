package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.FourBitFloats;
import io.quant4j.core.format.IQ4_NL;
import io.quant4j.core.format.MXFP4;
import io.quant4j.core.format.Q4_0;
import io.quant4j.core.format.Q4_1;
import io.quant4j.core.format.Q5_0;
import io.quant4j.core.format.Q5_1;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.RowCode;

/**
 * Eight blocks of 32 elements with a scale each. Sums of all blocks come together in one register,
 * two for each block, before they are multiplied by the scales.
 *
 * <p>Codes with their offset taken off are at most 128 in magnitude, so a lane is at most 16 * 128
 * * 32639 = 6.7e7 in the end; without it, twice as much.
 */
final class GroupsOf32 implements RowCode {
  /** Makes signed bytes unsigned. */
  static final int OFFSET_OF_NUMBERS = 128;

  private static final Simd[] STORED = {Simd.zmm(4), Simd.zmm(5), Simd.zmm(6), Simd.zmm(7)};
  private static final Simd[] PRODUCTS = {Simd.zmm(8), Simd.zmm(9)};
  private static final Simd[] PAIRS = {Simd.zmm(10), Simd.zmm(11)};
  private static final Simd CODES = Simd.zmm(12);
  private static final Simd SCRATCH = Simd.zmm(13);
  private static final Simd SUMS = Simd.zmm(14);

  private final BlocksOf32 blocks;
  private final StoredCodes codes;
  private final BlockScales scales;
  private final boolean adds;
  private final BlockSums sums;
  private final Mem offset;

  /**
   * @param adds whether a block has a number that is added to all elements
   * @param offset of codes
   */
  private GroupsOf32(
      Constants constants,
      BlocksOf32 blocks,
      StoredCodes codes,
      BlockScales scales,
      boolean adds,
      int offset) {
    this.blocks = blocks;
    this.codes = codes;
    this.scales = scales;
    this.adds = adds;
    this.sums = new BlockSums(constants);
    this.offset = constants.storedInts(lane -> -offset);
  }

  static GroupsOf32 ofQ4_0(Constants c) {
    BlocksOf32 blocks = new BlocksOf32(Q4_0.BLOCK_BYTES);
    StoredCodes codes = StoredCodes.nibbles(c, blocks, Q4_0.QS_OFFSET);
    BlockScales scales = BlockScales.halves(c, blocks, false);
    return new GroupsOf32(c, blocks, codes, scales, false, Q4_0.ZERO_CODE);
  }

  static GroupsOf32 ofQ4_1(Constants c) {
    BlocksOf32 blocks = new BlocksOf32(Q4_1.BLOCK_BYTES);
    StoredCodes codes = StoredCodes.nibbles(c, blocks, Q4_1.QS_OFFSET);
    return new GroupsOf32(c, blocks, codes, BlockScales.halves(c, blocks, true), true, 0);
  }

  static GroupsOf32 ofQ5_0(Constants c) {
    BlocksOf32 blocks = new BlocksOf32(Q5_0.BLOCK_BYTES);
    StoredCodes codes = StoredCodes.fiveBits(c, blocks, Q5_0.QS_OFFSET, Q5_0.QH_OFFSET);
    BlockScales scales = BlockScales.halves(c, blocks, false);
    return new GroupsOf32(c, blocks, codes, scales, false, Q5_0.ZERO_CODE);
  }

  static GroupsOf32 ofQ5_1(Constants c) {
    BlocksOf32 blocks = new BlocksOf32(Q5_1.BLOCK_BYTES);
    StoredCodes codes = StoredCodes.fiveBits(c, blocks, Q5_1.QS_OFFSET, Q5_1.QH_OFFSET);
    return new GroupsOf32(c, blocks, codes, BlockScales.halves(c, blocks, true), true, 0);
  }

  static GroupsOf32 ofIQ4_NL(Constants c) {
    BlocksOf32 blocks = new BlocksOf32(IQ4_NL.BLOCK_BYTES);
    StoredCodes codes =
        StoredCodes.table(c, blocks, IQ4_NL.QS_OFFSET, i -> IQ4_NL.value(i) + OFFSET_OF_NUMBERS);
    BlockScales scales = BlockScales.halves(c, blocks, false);
    return new GroupsOf32(c, blocks, codes, scales, false, OFFSET_OF_NUMBERS);
  }

  static GroupsOf32 ofMXFP4(Constants c) {
    BlocksOf32 blocks = new BlocksOf32(MXFP4.BLOCK_BYTES);
    int largest = FourBitFloats.LARGEST;
    StoredCodes codes =
        StoredCodes.table(c, blocks, MXFP4.QS_OFFSET, i -> FourBitFloats.doubled(i) + largest);
    return new GroupsOf32(c, blocks, codes, BlockScales.exponents(c, blocks), false, largest);
  }

  @Override
  public int bytes() {
    return blocks.groupBytes();
  }

  @Override
  public int vectorBytes() {
    return IntegerVector.BYTES;
  }

  @Override
  public void shared(Assembler a, Gpr vector) {
    sums.ofVector(a, SUMS, vector);
    if (adds) {
      a.vcvtdq2ps(SUMS, SUMS);
    } else {
      a.vpmulld(SUMS, SUMS, offset);
    }
  }

  @Override
  public void write(Assembler a, Gpr weights, int slot, Gpr vector, Simd sum) {
    for (int step = 0; step < STORED.length; step++) {
      blocks.load(a, weights, step, STORED[step]);
      codes.write(a, STORED[step], step % 2, CODES, SCRATCH);
      ByteProducts.write(a, PRODUCTS[step % 2], CODES, vector, step);
      if (step % 2 == 1) {
        BlockSums.pair(a, PAIRS[step / 2], PRODUCTS[0], PRODUCTS[1]);
      }
    }
    Simd total = PRODUCTS[0];
    BlockSums.join(a, total, PAIRS[0], PAIRS[1]);
    if (!adds) {
      a.vpaddd(total, total, SUMS);
    }
    a.vcvtdq2ps(total, total);
    scales.write(a, STORED);
    a.vmulps(total, total, STORED[0]);
    if (adds) {
      a.vfmadd231ps(total, STORED[2], SUMS);
    }
    a.vfmadd231ps(sum, total, IntegerVector.scale(vector));
  }
}
