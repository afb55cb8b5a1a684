package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Codebook;
import io.quant4j.core.format.IQ2_XXS;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/** A block of IQ2_XXS: an int of four indexes and one of four times seven signs and a scale. */
final class GroupIQ2_XXS extends PointGroup {
  private static final int SCALE_BIT = 28;
  private static final Simd INDEXES = Simd.zmm(4);
  private static final Simd UPPER = Simd.zmm(5);
  private static final Simd SIGNS = Simd.zmm(6);
  private static final Simd SCRATCH = Simd.zmm(7);

  private final PointTable points;
  private final EvenSigns signs;
  private final Simd order;
  private final Simd odd;
  private final Simd sevens;
  private final Simd ofLanes;
  private final Mem one;

  GroupIQ2_XXS(Constants constants) {
    super(constants, PointCodes.signed(constants, Codebook.IQ2_XXS), 0.125f);
    this.points = new PointTable(constants, Codebook.IQ2_XXS);
    this.signs = new EvenSigns(constants);
    this.order = constants.bytes(i -> place(PointTable.pointAt(i) % 32));
    this.odd = constants.ints(i -> 2 * i + 1);
    this.sevens = constants.bytes(i -> i % 8 / 4 * Integer.SIZE + i % 4 * 7);
    this.ofLanes = constants.ints(lane -> 2 * BlocksOf32.blockOf(lane) + 1);
    this.one = constants.storedInts(i -> 1);
  }

  /** Where the index of a point is. */
  private static int place(int point) {
    return point / 4 * IQ2_XXS.GROUP_BYTES + point % 4;
  }

  @Override
  public int bytes() {
    return IQ2_XXS.BLOCK_BYTES;
  }

  @Override
  public void prepare(Assembler a, Gpr weights, int slot) {
    Mem groups = Mem.at(weights, IQ2_XXS.QS_OFFSET);
    a.vpermb(INDEXES, order, groups);
    points.write(a, INDEXES, UPPER, SCRATCH);
    a.vpunpcklbw(INDEXES, INDEXES, UPPER);
    a.vmovups(PointCodes.points(slot, 0), INDEXES);
    a.vpermd(SIGNS, odd, groups);
    a.vpmultishiftqb(SIGNS, sevens, SIGNS);
    signs.write(a, SIGNS, SCRATCH);
    a.vmovups(PointCodes.signs(slot, 0), SIGNS.half());
  }

  @Override
  void scales(Assembler a, Gpr weights, Simd scales, Simd scratch) {
    a.vpermd(scales, ofLanes, Mem.at(weights, IQ2_XXS.QS_OFFSET));
    // The bit below a scale is a sign; in its place comes what makes a scale of 0 a half.
    a.vpsrld(scales, scales, SCALE_BIT - 1);
    a.vpord(scales, scales, one);
  }
}
