package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Codebook;
import io.quant4j.core.format.IQ2_XS;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/** A block of IQ2_XS: words of nine bits of an index and seven signs. */
final class GroupIQ2_XS extends PointGroup {
  private static final Simd HIGH = Simd.zmm(12);
  private static final Simd SIGNS = Simd.zmm(13);

  private final StoredPoints points;
  private final EvenSigns signs;
  private final OddScales scales;
  private final Simd lowBytes;
  private final Simd highBytes;
  private final Simd inOrder;
  private final Simd aboveFirst;
  private final Mem one;

  GroupIQ2_XS(Constants constants) {
    super(constants, PointCodes.signed(constants, Codebook.IQ2_XS), 0.125f);
    this.points = new StoredPoints(constants, Codebook.IQ2_XS);
    this.signs = new EvenSigns(constants);
    this.scales = new OddScales(constants, 4, OddScales::nibbleOf16);
    this.lowBytes = constants.bytes(i -> 2 * (PointTable.pointAt(i) % 32));
    this.highBytes = constants.bytes(i -> 2 * (PointTable.pointAt(i) % 32) + 1);
    this.inOrder = constants.bytes(i -> 2 * (i % 32) + 1);
    this.aboveFirst = constants.bytes(i -> i % 8 * 8 + 1);
    this.one = constants.storedBytes(i -> 1);
  }

  @Override
  public int bytes() {
    return IQ2_XS.BLOCK_BYTES;
  }

  @Override
  public void prepare(Assembler a, Gpr weights, int slot) {
    Mem words = Mem.at(weights, IQ2_XS.QS_OFFSET);
    a.vpermb(StoredPoints.INDEXES, lowBytes, words);
    a.vpermb(HIGH, highBytes, words);
    a.vptestmb(StoredPoints.ofBit(8), HIGH, one);
    points.write(a);
    a.vpunpcklbw(HIGH, StoredPoints.INDEXES, StoredPoints.UPPER);
    a.vmovups(PointCodes.points(slot, 0), HIGH);
    a.vpermb(SIGNS, inOrder, words);
    a.vpmultishiftqb(SIGNS, aboveFirst, SIGNS);
    signs.write(a, SIGNS, HIGH);
    a.vmovups(PointCodes.signs(slot, 0), SIGNS.half());
  }

  @Override
  void scales(Assembler a, Gpr weights, Simd to, Simd scratch) {
    scales.write(a, Mem.at(weights, IQ2_XS.SCALES_OFFSET), to, scratch);
  }
}
