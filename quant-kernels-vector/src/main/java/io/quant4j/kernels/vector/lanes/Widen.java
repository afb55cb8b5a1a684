package io.quant4j.kernels.vector.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** From the small numbers that formats store to full vectors of 32-bit lanes. All exact. */
public final class Widen {
  private static final int HALF_MAGNITUDE = 0x7fff;
  private static final int HALF_SMALLEST_NORMAL = 0x0400;
  private static final int HALF_INFINITY = 0x7c00;
  private static final int SIGN = 0x8000_0000;

  /** From the exponent bias of binary16 (15) to that of binary32 (127), in place. */
  private static final int REBIAS = 127 - 15 << 23;

  /** Value of the lowest fraction bit of a subnormal binary16. */
  private static final float HALF_ULP = 0x1p-24f;

  private static final IntVector LANE = IntVector.zero(Lanes.INTS).addIndex(1);

  /** Shifts that bring each lane's pair of bits to the bottom. */
  private static final IntVector PAIR_SHIFTS = LANE.mul(2);

  /** Shifts that bring each lane's bit to the top. */
  private static final IntVector TO_SIGN = LANE.neg().add(31);

  private Widen() {}

  /** Codes of 2 bits, the first one in the lowest bits, as ints: as many as there are lanes. */
  public static IntVector pairsOfBits(int packed) {
    return IntVector.broadcast(Lanes.INTS, packed)
        .lanewise(VectorOperators.LSHR, PAIR_SHIFTS)
        .and(3);
  }

  /**
   * A number with a sign for each lane.
   *
   * @param bits which lanes have the sign of {@code number} (1) and which the other one (0), from
   *     the lowest bit
   */
  public static FloatVector withSigns(float number, int bits) {
    return IntVector.broadcast(Lanes.INTS, ~bits)
        .lanewise(VectorOperators.LSHL, TO_SIGN)
        .and(SIGN)
        .lanewise(VectorOperators.XOR, Float.floatToRawIntBits(number))
        .reinterpretAsFloats();
  }

  /** Ints as floats. */
  public static FloatVector floats(IntVector ints) {
    return (FloatVector) ints.convert(VectorOperators.I2F, 0);
  }

  /** bfloat16 as floats: the bits are the upper half of binary32. */
  public static FloatVector bfloat16(ShortVector bits) {
    IntVector wide = (IntVector) bits.convertShape(VectorOperators.ZERO_EXTEND_S2I, Lanes.INTS, 0);
    return wide.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  /**
   * binary16 as floats. Normal numbers, subnormal ones, and infinity with NaN each take another
   * way. Subnormal ones go through the integer conversion: multiplying a subnormal float, the
   * shorter way, makes many processors stumble.
   */
  public static FloatVector binary16(ShortVector bits) {
    IntVector wide = (IntVector) bits.convertShape(VectorOperators.S2I, Lanes.INTS, 0);
    IntVector magnitude = wide.and(HALF_MAGNITUDE);
    IntVector normal = magnitude.lanewise(VectorOperators.LSHL, 13).add(REBIAS);
    IntVector special = normal.add(REBIAS, magnitude.compare(VectorOperators.GE, HALF_INFINITY));
    IntVector subnormal = floats(magnitude).mul(HALF_ULP).reinterpretAsInts();
    IntVector any =
        special.blend(subnormal, magnitude.compare(VectorOperators.LT, HALF_SMALLEST_NORMAL));
    return any.or(wide.and(SIGN)).reinterpretAsFloats();
  }
}
