package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Codebook;
import io.quant4j.core.format.IQ3_S;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/** A block of IQ3_S: indexes of nine bits, the ninth apart, and a sign for each element. */
final class GroupIQ3_S extends PointGroup {
  private static final Simd HIGH = Simd.zmm(12);

  /** The block's last 8 bytes: scales are the second half of them. */
  private static final int TAIL = IQ3_S.BLOCK_BYTES - Long.BYTES;

  private final StoredPoints points;
  private final OddScales scales;
  private final Simd order;
  private final Simd ninth;

  GroupIQ3_S(Constants constants) {
    super(constants, PointCodes.signed(constants, Codebook.IQ3_S), 1);
    this.points = new StoredPoints(constants, Codebook.IQ3_S);
    this.scales = new OddScales(constants, 4, lane -> Integer.SIZE + 4 * BlocksOf32.blockOf(lane));
    this.order = constants.bytes(PointTable::pointAt);
    this.ninth = constants.bytes(i -> PointTable.pointAt(i) - 7 & 63);
  }

  @Override
  public int bytes() {
    return IQ3_S.BLOCK_BYTES;
  }

  @Override
  Mem signs(Gpr weights, int slot, int step) {
    return Mem.at(weights, IQ3_S.SIGNS_OFFSET + step * Long.BYTES);
  }

  @Override
  public void prepare(Assembler a, Gpr weights, int slot) {
    a.vpermb(StoredPoints.INDEXES, order, Mem.at(weights, IQ3_S.QS_OFFSET));
    a.vpbroadcastq(HIGH, Mem.at(weights, IQ3_S.QH_OFFSET));
    a.vpmultishiftqb(HIGH, ninth, HIGH);
    a.vpmovb2m(StoredPoints.ofBit(8), HIGH);
    points.write(a);
    a.vpunpcklbw(HIGH, StoredPoints.INDEXES, StoredPoints.UPPER);
    a.vmovups(PointCodes.points(slot, 0), HIGH);
    a.vpunpckhbw(HIGH, StoredPoints.INDEXES, StoredPoints.UPPER);
    a.vmovups(PointCodes.points(slot, 1), HIGH);
  }

  @Override
  void scales(Assembler a, Gpr weights, Simd to, Simd scratch) {
    scales.write(a, Mem.at(weights, TAIL), to, scratch);
  }
}
