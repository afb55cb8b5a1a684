package io.quant4j.core.format;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.BlockFormat;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** What all formats check alike. */
public final class Blocks {
  private static final int HALF_EXPONENT = 0x7c00;

  private Blocks() {}

  /**
   * Number of blocks that hold this many elements.
   *
   * @throws InvalidRequestException if they do not fill whole blocks
   */
  public static int count(BlockFormat format, int elements) {
    if (elements < 0 || elements % format.blockElements() != 0) {
      throw new InvalidRequestException(
          ErrorLocation.subject(format.id().name()),
          elements + " elements do not fill whole blocks of " + format.blockElements(),
          "Use a format whose block divides the row, or F16.");
    }
    return elements / format.blockElements();
  }

  /**
   * The importance given to a format that cannot encode without.
   *
   * @throws InvalidRequestException if there is none
   */
  static float[] requireImportance(BlockFormat format, float @Nullable [] importance) {
    if (importance == null) {
      throw new InvalidRequestException(
          ErrorLocation.subject(format.id().name()),
          "there is no rule to encode " + format.id() + " without importance of the columns",
          "Give an importance matrix that covers the tensor, or choose a format of more bits.");
    }
    return importance;
  }

  /** Whether {@code count} elements from {@code from} are neither NaN nor infinite. */
  public static boolean finite(float[] values, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (!Float.isFinite(values[i])) {
        return false;
      }
    }
    return true;
  }

  /** Largest |x| of {@code count} elements from {@code from}. */
  static float largestMagnitude(float[] values, int from, int count) {
    return Math.abs(signedLargest(values, from, count));
  }

  /** The first element of the largest magnitude, with its sign; +0 if all are zero. */
  public static float signedLargest(float[] values, int from, int count) {
    float largest = 0;
    for (int i = from; i < from + count; i++) {
      if (Math.abs(values[i]) > Math.abs(largest)) {
        largest = values[i];
      }
    }
    return largest;
  }

  /**
   * Stores two 4-bit codes a byte, byte {@code i}: {@code codes[low + i]} in bits 0-3, {@code
   * codes[high + i]} in bits 4-7. Of wider codes the lower four bits are stored.
   *
   * @param count bytes
   */
  static void putNibbles(
      byte[] codes, int low, int high, int count, MemorySegment target, long offset) {
    for (int i = 0; i < count; i++) {
      LittleEndian.putByte(target, offset + i, codes[low + i] & 15 | codes[high + i] << 4);
    }
  }

  /** Stores a block of zeros with NaN as the binary16 at {@code field}. */
  public static void putNotANumber(MemorySegment target, long block, int blockBytes, int field) {
    target.asSlice(block, blockBytes).fill((byte) 0);
    LittleEndian.putHalf(target, block + field, Float.NaN);
  }

  /**
   * Index of the first block whose binary16 at {@code field} is NaN or infinite, or -1.
   *
   * @param byteOffset of the first block
   * @param blockBytes distance of blocks
   * @param field offset of the number in its block
   */
  static long firstNonFiniteHalf(
      MemorySegment source, long byteOffset, long blocks, int blockBytes, int field) {
    for (long b = 0; b < blocks; b++) {
      if (!finiteHalf(source, byteOffset + b * blockBytes + field)) {
        return b;
      }
    }
    return -1;
  }

  /**
   * As {@link #firstNonFiniteHalf(MemorySegment, long, long, int, int)} for blocks with two such
   * numbers.
   */
  static long firstNonFiniteHalf(
      MemorySegment source, long byteOffset, long blocks, int blockBytes, int field, int other) {
    for (long b = 0; b < blocks; b++) {
      long block = byteOffset + b * blockBytes;
      if (!finiteHalf(source, block + field) || !finiteHalf(source, block + other)) {
        return b;
      }
    }
    return -1;
  }

  private static boolean finiteHalf(MemorySegment source, long offset) {
    return (source.get(LittleEndian.SHORT, offset) & HALF_EXPONENT) != HALF_EXPONENT;
  }
}
