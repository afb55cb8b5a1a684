package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Codebook;
import io.quant4j.core.format.IQ2_S;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/** A block of IQ2_S: indexes of ten bits, the upper two apart, and a sign for each element. */
final class GroupIQ2_S extends PointGroup {
  private static final Simd HIGH = Simd.zmm(12);

  private final StoredPoints points;
  private final OddScales scales;
  private final Simd order;
  private final Simd upperTwo;
  private final Mem one;
  private final Mem two;

  GroupIQ2_S(Constants constants) {
    super(constants, PointCodes.signed(constants, Codebook.IQ2_S), 0.125f);
    this.points = new StoredPoints(constants, Codebook.IQ2_S);
    this.scales = new OddScales(constants, 4, OddScales::nibbleOf16);
    this.order = constants.bytes(i -> PointTable.pointAt(i) % 32);
    this.upperTwo = constants.bytes(i -> PointTable.pointAt(i) % 32 * 2);
    this.one = constants.storedBytes(i -> 1);
    this.two = constants.storedBytes(i -> 2);
  }

  @Override
  public int bytes() {
    return IQ2_S.BLOCK_BYTES;
  }

  @Override
  Mem signs(Gpr weights, int slot, int step) {
    return Mem.at(weights, IQ2_S.SIGNS_OFFSET + step * Long.BYTES);
  }

  @Override
  public void prepare(Assembler a, Gpr weights, int slot) {
    a.vpermb(StoredPoints.INDEXES, order, Mem.at(weights, IQ2_S.QS_OFFSET));
    a.vpbroadcastq(HIGH, Mem.at(weights, IQ2_S.QH_OFFSET));
    a.vpmultishiftqb(HIGH, upperTwo, HIGH);
    a.vptestmb(StoredPoints.ofBit(8), HIGH, one);
    a.vptestmb(StoredPoints.ofBit(9), HIGH, two);
    points.write(a);
    a.vpunpcklbw(HIGH, StoredPoints.INDEXES, StoredPoints.UPPER);
    a.vmovups(PointCodes.points(slot, 0), HIGH);
  }

  @Override
  void scales(Assembler a, Gpr weights, Simd to, Simd scratch) {
    scales.write(a, Mem.at(weights, IQ2_S.SCALES_OFFSET), to, scratch);
  }
}
