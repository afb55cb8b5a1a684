package io.quant4j.kernels.vector.lanes;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sixteen small integers, one in each byte of a vector of 128 bits: codes, or what a table has for
 * them. All processors look up bytes in a table of sixteen within one instruction, and unpack codes
 * of a few bits in bytes faster than in floats.
 *
 * <p>A vector of 512 bits takes all sixteen, narrower ones take them in parts, in the order of
 * elements:
 *
 * <pre>
 * for (int i = 0; i &lt; Sixteen.LENGTH; i += Lanes.COUNT) {
 *   FloatVector floats = Sixteen.first(integers);
 *   integers = Sixteen.next(integers);
 * }
 * </pre>
 */
public final class Sixteen {
  /** Integers in a vector. */
  public static final int LENGTH = 16;

  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_128;
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_128;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_128;
  private static final IntVector PAIR_SHIFTS =
      IntVector.fromArray(INTS, new int[] {0, 2, 4, 6}, 0);
  private static final LongVector HALF_SHIFTS = LongVector.fromArray(LONGS, new long[] {0, 4}, 0);
  private static final VectorShuffle<Byte> NEXT =
      VectorShuffle.iota(BYTES, COUNT % LENGTH, 1, true);

  /** Two bytes, eight times each, and the bits of a byte: for sixteen bits that become bytes. */
  private static final VectorShuffle<Byte> BYTE_OF_BIT =
      VectorShuffle.fromOp(BYTES, lane -> lane / Byte.SIZE);

  private static final ByteVector BIT_IN_BYTE = bitInByte();

  private Sixteen() {}

  private static ByteVector bitInByte() {
    byte[] bits = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      bits[i] = (byte) (1 << i % Byte.SIZE);
    }
    return bytes(bits, 0);
  }

  /** The bytes at an offset. */
  public static ByteVector bytes(MemorySegment source, long offset) {
    return ByteVector.fromMemorySegment(BYTES, source, offset, ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A few bits of each byte.
   *
   * @param shift lowest bit
   * @param mask of the bits after shifting
   */
  public static ByteVector bits(ByteVector bytes, int shift, int mask) {
    // Few processors shift bytes; what comes from the neighbour is masked out.
    return bytes
        .reinterpretAsInts()
        .lanewise(VectorOperators.LSHR, shift)
        .reinterpretAsBytes()
        .and((byte) mask);
  }

  /** Each byte shifted left; none may lose bits. */
  public static ByteVector shiftedLeft(ByteVector bytes, int shift) {
    return bytes.reinterpretAsInts().lanewise(VectorOperators.LSHL, shift).reinterpretAsBytes();
  }

  /**
   * Which of the lowest sixteen bits are 0. Goes through bytes, because a mask made from a number is
   * not a vector operation on every processor.
   */
  public static VectorMask<Byte> zeroBits(int bits) {
    return IntVector.broadcast(INTS, bits)
        .reinterpretAsBytes()
        .rearrange(BYTE_OF_BIT)
        .and(BIT_IN_BYTE)
        .compare(VectorOperators.EQ, (byte) 0);
  }

  /**
   * The lower two bits of four bytes, then the next ones, and so on: sixteen codes of 2 bits.
   */
  public static ByteVector pairsOfBits(int four) {
    return IntVector.broadcast(INTS, four)
        .lanewise(VectorOperators.LSHR, PAIR_SHIFTS)
        .reinterpretAsBytes()
        .and((byte) 3);
  }

  /** The lower halves of eight bytes, then their upper halves. */
  public static ByteVector nibbles(long eight) {
    return LongVector.broadcast(LONGS, eight)
        .lanewise(VectorOperators.LSHR, HALF_SHIFTS)
        .reinterpretAsBytes()
        .and((byte) 15);
  }

  /** Sixteen times the same. */
  public static ByteVector all(int integer) {
    return ByteVector.broadcast(BYTES, integer);
  }

  /** The bytes of two numbers, each from its lowest byte. */
  public static ByteVector of(long first, long second) {
    return LongVector.broadcast(LONGS, first).withLane(1, second).reinterpretAsBytes();
  }

  /** Four times the same four bytes. */
  public static ByteVector repeated(int four) {
    return IntVector.broadcast(INTS, four).reinterpretAsBytes();
  }

  /** The bytes of an array from {@code at}. */
  public static ByteVector bytes(byte[] values, int at) {
    return ByteVector.fromArray(BYTES, values, at);
  }

  /** The first integers as floats, as many as there are lanes. */
  public static FloatVector first(ByteVector integers) {
    return (FloatVector) integers.convertShape(VectorOperators.B2F, Lanes.FLOATS, 0);
  }

  /** The integers after the first ones, brought to the front. */
  public static ByteVector next(ByteVector integers) {
    return integers.rearrange(NEXT);
  }
}
