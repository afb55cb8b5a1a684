package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * IEEE 754 binary16, 16 bits per weight. Upstream: {@code GGML_TYPE_F16}.
 *
 * <table>
 * <caption>Block of 1 element, 2 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>sign (1 bit), exponent (5, bias 15), fraction (10),
 *     little-endian</td></tr>
 * </table>
 *
 * <p>Elements follow each other in order. Example: -2.5 = -1.25 * 2^1 is {@code 00 c1}.
 *
 * <p>Encoding rounds to nearest, ties to even; from 65520 on it gives infinity. NaN stays NaN.
 */
public final class F16 implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 1;
  public static final int BLOCK_BYTES = 2;

  /**
   * Elements copied between segment and array at a time. A loop over an array becomes vector
   * instructions whatever kinds of segments the JVM has met; one over a segment does not.
   */
  private static final int COPIED = 1 << 12;

  /**
   * The same for less than that, since the array is garbage. Rows of a cache are encoded without.
   */
  private static final int SHORT = 1 << 8;

  /** For the service loader and for direct use. */
  public F16() {}

  @Override
  public FormatId id() {
    return FormatId.F16;
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
    return Blocks.firstNonFiniteHalf(source, byteOffset, blocks, BLOCK_BYTES, 0);
  }

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    short[] bits = new short[Math.min(elements, copied(elements))];
    for (int done = 0; done < elements; done += bits.length) {
      int count = Math.min(elements - done, bits.length);
      long from = byteOffset + (long) done * BLOCK_BYTES;
      MemorySegment.copy(source, LittleEndian.SHORT, from, bits, 0, count);
      toFloats(bits, count, target, targetOffset + done);
    }
  }

  private static int copied(int elements) {
    return elements < COPIED ? SHORT : COPIED;
  }

  private static void toFloats(short[] bits, int count, float[] target, int to) {
    for (int i = 0; i < count; i++) {
      target[to + i] = Float.float16ToFloat(bits[i]);
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
    if (cols <= SHORT) {
      for (int i = 0; i < cols; i++) {
        short bits = Float.floatToFloat16(row[rowOffset + i]);
        target.set(LittleEndian.SHORT, byteOffset + (long) i * BLOCK_BYTES, bits);
      }
      return;
    }
    short[] bits = new short[copied(cols)];
    for (int done = 0; done < cols; done += bits.length) {
      int count = Math.min(cols - done, bits.length);
      toBits(row, rowOffset + done, count, bits);
      long to = byteOffset + (long) done * BLOCK_BYTES;
      MemorySegment.copy(bits, 0, target, LittleEndian.SHORT, to, count);
    }
  }

  private static void toBits(float[] row, int from, int count, short[] bits) {
    for (int i = 0; i < count; i++) {
      bits[i] = Float.floatToFloat16(row[from + i]);
    }
  }
}
