package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.BYTE_COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.BYTE_PARTS;
import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.INTS;

import io.quant4j.core.format.LittleEndian;
import io.quant4j.kernels.vector.lanes.Lanes;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Stores codes of a few bits in bytes. Counts of bytes are multiples of 16. */
final class Pack {
  /** Elements of a block in the formats with two-bit codes. */
  private static final int TWO_BIT_HALF = 128;

  private static final int TWO_BIT_QUARTER = TWO_BIT_HALF / 4;

  private static final int PLANE_BYTES = 32;

  private Pack() {}

  /** The lower eight bits of {@code count} codes. */
  static void bytes(int[] codes, int count, MemorySegment target, long offset) {
    for (int i = 0; i < count; i += BYTE_COUNT) {
      ByteVector bytes = narrow(ints(codes, i));
      if (BYTE_PARTS == 2) {
        bytes = bytes.or(narrowUpper(ints(codes, i + COUNT)));
      }
      bytes.intoMemorySegment(target, offset + i, ByteOrder.LITTLE_ENDIAN);
    }
  }

  /**
   * The lower four bits of two codes a byte, byte i: {@code codes[low + i]} in bits 0-3, {@code
   * codes[high + i]} in bits 4-7.
   */
  static void nibbles(
      int[] codes, int low, int high, int count, MemorySegment target, long offset) {
    for (int i = 0; i < count; i += BYTE_COUNT) {
      ByteVector bytes = narrow(nibbles(codes, low + i, high + i));
      if (BYTE_PARTS == 2) {
        bytes = bytes.or(narrowUpper(nibbles(codes, low + i + COUNT, high + i + COUNT)));
      }
      bytes.intoMemorySegment(target, offset + i, ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static IntVector nibbles(int[] codes, int low, int high) {
    return ints(codes, low).and(15).or(ints(codes, high).lanewise(VectorOperators.LSHL, 4));
  }

  /**
   * The lower two bits of four codes a byte, byte i: codes {@code from + i}, {@code from + stride +
   * i} and so on, the first in bits 0-1.
   */
  static void pairs(
      int[] codes, int from, int stride, int shift, int count, MemorySegment target, long offset) {
    for (int i = 0; i < count; i += BYTE_COUNT) {
      ByteVector bytes = narrow(pairs(codes, from + i, stride, shift));
      if (BYTE_PARTS == 2) {
        bytes = bytes.or(narrowUpper(pairs(codes, from + i + COUNT, stride, shift)));
      }
      bytes.intoMemorySegment(target, offset + i, ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static IntVector pairs(int[] codes, int from, int stride, int shift) {
    IntVector bits = IntVector.zero(INTS);
    for (int k = 3; k >= 0; k--) {
      IntVector code = ints(codes, from + k * stride).lanewise(VectorOperators.LSHR, shift);
      bits = bits.lanewise(VectorOperators.LSHL, 2).or(code.and(3));
    }
    return bits;
  }

  /** The lower two bits of 256 codes in 64 bytes, as Q2_K, Q3_K and TQ2_0 store them. */
  static void twoBits(int[] codes, MemorySegment target, long offset) {
    pairs(codes, 0, TWO_BIT_QUARTER, 0, TWO_BIT_QUARTER, target, offset);
    pairs(
        codes, TWO_BIT_HALF, TWO_BIT_QUARTER, 0, TWO_BIT_QUARTER, target, offset + TWO_BIT_QUARTER);
  }

  /**
   * One bit of each of 256 codes in 32 bytes: bit s of byte i is bit {@code bit} of code 32 s + i.
   */
  static void bitPlane(int[] codes, int bit, MemorySegment target, long offset) {
    for (int i = 0; i < PLANE_BYTES; i += BYTE_COUNT) {
      ByteVector bytes = narrow(bits(codes, i, bit));
      if (BYTE_PARTS == 2) {
        bytes = bytes.or(narrowUpper(bits(codes, i + COUNT, bit)));
      }
      bytes.intoMemorySegment(target, offset + i, ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Bit 4 of each of 32 codes in one 32-bit integer, bit i of code i. */
  static void fifthBits(int[] codes, MemorySegment target, long offset) {
    int upper = 0;
    for (int i = 0; i < Integer.SIZE; i += COUNT) {
      IntVector bit = IntVector.fromArray(INTS, codes, i).and(16);
      upper |= (int) bit.compare(VectorOperators.NE, 0).toLong() << i;
    }
    target.set(LittleEndian.INT, offset, upper);
  }

  private static IntVector bits(int[] codes, int from, int bit) {
    IntVector bits = IntVector.zero(INTS);
    for (int s = 7; s >= 0; s--) {
      IntVector code = ints(codes, from + s * PLANE_BYTES).lanewise(VectorOperators.LSHR, bit);
      bits = bits.lanewise(VectorOperators.LSHL, 1).or(code.and(1));
    }
    return bits;
  }

  private static IntVector ints(int[] codes, int from) {
    return IntVector.fromArray(INTS, codes, from);
  }

  private static ByteVector narrow(IntVector ints) {
    return (ByteVector) ints.convertShape(VectorOperators.I2B, Lanes.BYTES, 0);
  }

  /** The same for the upper half of a vector of bytes, where ints fill only a half. */
  private static ByteVector narrowUpper(IntVector ints) {
    return (ByteVector) ints.convertShape(VectorOperators.I2B, Lanes.BYTES, 1 - BYTE_PARTS);
  }
}
