package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * bfloat16, the upper half of an IEEE 754 binary32; 16 bits per weight. Upstream: {@code
 * GGML_TYPE_BF16}.
 *
 * <table>
 * <caption>Block of 1 element, 2 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>sign (1 bit), exponent (8, bias 127), fraction (7),
 *     little-endian</td></tr>
 * </table>
 *
 * <p>Elements follow each other in order. Example: 1.0 is {@code 80 3f}; 1.00390625 = 1 + 2^-8 lies
 * halfway to the next number and goes to the even one, {@code 80 3f}.
 *
 * <p>Encoding rounds to nearest, ties to even, subnormals included; numbers that round past the
 * largest give infinity. NaN keeps its sign and upper payload and becomes quiet.
 */
public final class BF16 implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 1;
  public static final int BLOCK_BYTES = 2;

  /** The bit that makes NaN a quiet one. */
  public static final int QUIET = 0x40;

  private static final int EXPONENT = 0x7f80;

  /** For the service loader and for direct use. */
  public BF16() {}

  /** The number of these 16 bits. Exact. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The 16 bits nearest to this number, ties to even; NaN gives a quiet NaN. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | QUIET);
    }
    int lastKept = bits >>> 16 & 1;
    return (short) (bits + 0x7fff + lastKept >>> 16);
  }

  @Override
  public FormatId id() {
    return FormatId.BF16;
  }

  @Override
  public int blockElements() {
    return BLOCK_ELEMENTS;
  }

  @Override
  public int blockBytes() {
    return BLOCK_BYTES;
  }

  @Override
  public boolean usesImportance() {
    return false;
  }

  @Override
  public long firstNonFinite(MemorySegment source, long byteOffset, long blocks) {
    for (long i = 0; i < blocks; i++) {
      int bits = source.get(LittleEndian.SHORT, byteOffset + i * BLOCK_BYTES);
      if ((bits & EXPONENT) == EXPONENT) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    for (int i = 0; i < elements; i++) {
      short bits = source.get(LittleEndian.SHORT, byteOffset + (long) i * BLOCK_BYTES);
      target[targetOffset + i] = toFloat(bits);
    }
  }

  @Override
  public void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset) {
    for (int i = 0; i < cols; i++) {
      short bits = fromFloat(row[rowOffset + i]);
      target.set(LittleEndian.SHORT, byteOffset + (long) i * BLOCK_BYTES, bits);
    }
  }
}
