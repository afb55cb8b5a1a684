package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * IEEE 754 binary64, 64 bits per weight. Upstream: {@code GGML_TYPE_F64}.
 *
 * <table>
 * <caption>Block of 1 element, 8 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>8</td><td>the number, little-endian</td></tr>
 * </table>
 *
 * <p>Elements follow each other in order. Example: 1.0 is {@code 00 00 00 00 00 00 f0 3f}.
 *
 * <p>Encoding is exact. Decoding rounds to the nearest float, ties to even, and numbers beyond the
 * largest float to infinity; these count as not finite.
 */
public final class F64 implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 1;
  public static final int BLOCK_BYTES = 8;

  private static final FormatId ID = new FormatId("F64");

  /** For the service loader and for direct use. */
  public F64() {}

  @Override
  public FormatId id() {
    return ID;
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
      double number = source.get(LittleEndian.DOUBLE, byteOffset + i * BLOCK_BYTES);
      if (!Float.isFinite((float) number)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    for (int i = 0; i < elements; i++) {
      target[targetOffset + i] =
          (float) source.get(LittleEndian.DOUBLE, byteOffset + (long) i * BLOCK_BYTES);
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
      target.set(LittleEndian.DOUBLE, byteOffset + (long) i * BLOCK_BYTES, row[rowOffset + i]);
    }
  }
}
