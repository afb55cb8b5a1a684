package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Codebook;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mask;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import java.util.function.IntUnaryOperator;

/**
 * A block of IQ1_S or IQ1_M: 32 lower bytes of indexes, and 16 bytes with three more bits of each
 * and a bit for what all elements of a point are lowered or raised by.
 */
abstract class ShiftedPointGroup extends PointGroup {
  private static final Mask LOWERED = new Mask(5);
  private static final Simd HIGH = Simd.zmm(12);
  private static final Simd BITS = Simd.zmm(13);
  private static final int UPPER_BITS = 3;

  private final int indexesAt;
  private final int upperAt;
  private final StoredPoints points;
  private final Simd order;
  private final Simd quarters;
  private final Simd upper;
  private final Simd lowered;
  private final Mem[] bits = new Mem[UPPER_BITS];

  /**
   * Takes eight constants.
   *
   * @param indexesAt where the lower bytes are
   * @param upperAt where the 16 bytes are
   * @param upper of a point, 0 to 7: where its three bits begin in the four bytes of eight points
   * @param lowered of a point: where the bit is
   */
  ShiftedPointGroup(
      Constants constants,
      int indexesAt,
      int upperAt,
      IntUnaryOperator upper,
      IntUnaryOperator lowered) {
    super(constants, PointCodes.shifted(constants, Codebook.IQ1_S), 0.125f);
    this.indexesAt = indexesAt;
    this.upperAt = upperAt;
    this.points = new StoredPoints(constants, Codebook.IQ1_S);
    this.order = constants.bytes(i -> PointTable.pointAt(i) % 32);
    this.quarters = constants.ints(lane -> lane / 4);
    this.upper = constants.bytes(i -> upper.applyAsInt(i % 8));
    this.lowered = constants.bytes(i -> lowered.applyAsInt(i % 8) - 7 & 63);
    for (int i = 0; i < UPPER_BITS; i++) {
      int bit = 1 << i;
      bits[i] = constants.storedBytes(j -> bit);
    }
  }

  @Override
  final Mem signs(Gpr weights, int slot, int step) {
    return PointCodes.signs(slot, 2 * step);
  }

  @Override
  public final void prepare(Assembler a, Gpr weights, int slot) {
    a.vmovups(StoredPoints.INDEXES.half(), Mem.at(weights, indexesAt));
    a.vpermb(StoredPoints.INDEXES, order, StoredPoints.INDEXES);
    a.vmovups(HIGH.quarter(), Mem.at(weights, upperAt));
    a.vpermd(HIGH, quarters, HIGH);
    a.vpmultishiftqb(BITS, lowered, HIGH);
    a.vpmultishiftqb(HIGH, upper, HIGH);
    a.vpmovb2m(LOWERED, BITS);
    a.vpmovm2b(BITS, LOWERED);
    a.vmovups(PointCodes.signs(slot, 0), BITS);
    for (int i = 0; i < UPPER_BITS; i++) {
      a.vptestmb(StoredPoints.ofBit(Byte.SIZE + i), HIGH, bits[i]);
    }
    points.write(a);
    a.vpunpcklbw(HIGH, StoredPoints.INDEXES, StoredPoints.UPPER);
    a.vmovups(PointCodes.points(slot, 0), HIGH);
  }
}
