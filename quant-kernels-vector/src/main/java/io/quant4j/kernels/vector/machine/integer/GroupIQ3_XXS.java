package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Codebook;
import io.quant4j.core.format.IQ3_XXS;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/** A block of IQ3_XXS: 64 indexes, then ints of four times seven signs and a scale. */
final class GroupIQ3_XXS extends PointGroup {
  private static final int SCALE_BIT = 28;
  private static final Simd INDEXES = Simd.zmm(4);
  private static final Simd UPPER = Simd.zmm(5);
  private static final Simd SIGNS = Simd.zmm(6);
  private static final Simd SCRATCH = Simd.zmm(7);

  private final PointTable points;
  private final EvenSigns signs;
  private final Simd order;
  private final Simd sevens;
  private final Simd ofLanes;
  private final Mem one;

  GroupIQ3_XXS(Constants constants) {
    super(constants, PointCodes.signed(constants, Codebook.IQ3_XXS), 0.25f);
    this.points = new PointTable(constants, Codebook.IQ3_XXS);
    this.signs = new EvenSigns(constants);
    this.order = constants.bytes(PointTable::pointAt);
    this.sevens = constants.bytes(i -> i % 8 / 4 * Integer.SIZE + i % 4 * 7);
    this.ofLanes = constants.ints(BlocksOf32::blockOf);
    this.one = constants.storedInts(i -> 1);
  }

  @Override
  public int bytes() {
    return IQ3_XXS.BLOCK_BYTES;
  }

  @Override
  public void prepare(Assembler a, Gpr weights, int slot) {
    a.vpermb(INDEXES, order, Mem.at(weights, IQ3_XXS.QS_OFFSET));
    points.write(a, INDEXES, UPPER, SCRATCH);
    a.vpunpcklbw(SIGNS, INDEXES, UPPER);
    a.vmovups(PointCodes.points(slot, 0), SIGNS);
    a.vpunpckhbw(SIGNS, INDEXES, UPPER);
    a.vmovups(PointCodes.points(slot, 1), SIGNS);
    Mem stored = Mem.at(weights, IQ3_XXS.SCALES_AND_SIGNS_OFFSET);
    a.vpmultishiftqb(SIGNS.half(), sevens.half(), stored);
    signs.write(a, SIGNS, SCRATCH);
    a.vmovups(PointCodes.signs(slot, 0), SIGNS.half());
  }

  @Override
  void scales(Assembler a, Gpr weights, Simd scales, Simd scratch) {
    a.vmovups(scales.half(), Mem.at(weights, IQ3_XXS.SCALES_AND_SIGNS_OFFSET));
    a.vpermd(scales, ofLanes, scales);
    // The bit below a scale is a sign; in its place comes what makes a scale of 0 a half.
    a.vpsrld(scales, scales, SCALE_BIT - 1);
    a.vpord(scales, scales, one);
  }
}
