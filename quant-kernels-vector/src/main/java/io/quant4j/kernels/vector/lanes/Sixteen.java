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
 * <p>A vector of 512 bits takes all sixteen, one of 256 bits the {@link #first} and the {@link
 * #next} ones, one of 128 bits four parts. Kernels loop over parts only for the latter: a vector
 * that a loop of its own changes is not always kept in a register, but four parts written out are
 * too much code for the compiler to inline all steps.
 */
public final class Sixteen {
  /** Integers in a vector. */
  public static final int LENGTH = 16;

  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_128;

  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_128;

  /** Mask of the lowest bit of each byte. */
  public static final IntVector BIT = IntVector.broadcast(INTS, 0x0101_0101);

  /** Mask of the lowest two bits of each byte. */
  public static final IntVector PAIR = IntVector.broadcast(INTS, 0x0303_0303);

  /** Mask of the lowest four bits of each byte. */
  public static final IntVector NIBBLE = IntVector.broadcast(INTS, 0x0f0f_0f0f);

  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_128;
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

  /** The same bytes as {@link #bytes(MemorySegment, long)}, to be taken apart. */
  public static IntVector packed(MemorySegment source, long offset) {
    return IntVector.fromMemorySegment(INTS, source, offset, ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A few bits of each byte. Few processors shift bytes: ints are shifted, and what comes from the
   * neighbour is masked out.
   *
   * @param shift lowest bit
   * @param mask of the bits after shifting: {@link #BIT}, {@link #PAIR} or {@link #NIBBLE}
   */
  public static IntVector bits(IntVector bytes, int shift, IntVector mask) {
    return bytes.lanewise(VectorOperators.LSHR, shift).and(mask);
  }

  /**
   * Which of the lowest sixteen bits are 0. Goes through bytes, because a mask made from a number
   * is not a vector operation on every processor.
   */
  public static VectorMask<Byte> zeroBits(int bits) {
    return IntVector.broadcast(INTS, bits)
        .reinterpretAsBytes()
        .rearrange(BYTE_OF_BIT)
        .and(BIT_IN_BYTE)
        .compare(VectorOperators.EQ, (byte) 0);
  }

  /** The lower halves of eight bytes, then their upper halves. */
  public static IntVector nibbles(long eight) {
    return LongVector.broadcast(LONGS, eight)
        .lanewise(VectorOperators.LSHR, HALF_SHIFTS)
        .reinterpretAsInts()
        .and(NIBBLE);
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
