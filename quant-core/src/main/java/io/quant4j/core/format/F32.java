package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * IEEE 754 binary32, 32 bits per weight. Upstream: {@code GGML_TYPE_F32}.
 *
 * <table>
 * <caption>Block of 1 element, 4 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>4</td><td>the number, little-endian</td></tr>
 * </table>
 *
 * <p>Elements follow each other in order. Example: 1.0 is {@code 00 00 80 3f}.
 *
 * <p>Encoding and decoding copy the bits, NaN payloads included.
 */
public final class F32 implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 1;
  public static final int BLOCK_BYTES = 4;

  /** For the service loader and for direct use. */
  public F32() {}

  @Override
  public FormatId id() {
    return FormatId.F32;
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
      if (!Float.isFinite(source.get(LittleEndian.FLOAT, byteOffset + i * BLOCK_BYTES))) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    MemorySegment.copy(source, LittleEndian.FLOAT, byteOffset, target, targetOffset, elements);
  }

  @Override
  public void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset) {
    MemorySegment.copy(row, rowOffset, target, LittleEndian.FLOAT, byteOffset, cols);
  }
}
