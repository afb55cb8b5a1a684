package io.quant4j.core.format;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Fields of stored blocks: little-endian, at any alignment. Offsets are bytes from the start of the
 * segment.
 */
public final class LittleEndian {

  /** 16 bits. */
  public static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  /** 32 bits. */
  public static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  /** 64 bits. */
  public static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

  /** IEEE 754 binary32. */
  public static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  /** IEEE 754 binary64. */
  public static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private LittleEndian() {}

  /** The byte at {@code offset}, 0 to 255. */
  public static int unsignedByte(MemorySegment source, long offset) {
    return source.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
  }

  /** The byte at {@code offset}, -128 to 127. */
  public static int signedByte(MemorySegment source, long offset) {
    return source.get(ValueLayout.JAVA_BYTE, offset);
  }

  /** Stores the low 8 bits of {@code value}. */
  public static void putByte(MemorySegment target, long offset, int value) {
    target.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
  }

  /** The IEEE 754 binary16 at {@code offset}. */
  public static float half(MemorySegment source, long offset) {
    return Float.float16ToFloat(source.get(SHORT, offset));
  }

  /**
   * Stores {@code value} as IEEE 754 binary16, rounded to nearest, ties to even.
   *
   * @return what was stored
   */
  public static float putHalf(MemorySegment target, long offset, float value) {
    short bits = Float.floatToFloat16(value);
    target.set(SHORT, offset, bits);
    return Float.float16ToFloat(bits);
  }
}
