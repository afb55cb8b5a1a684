package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * 32-bit signed integers, 32 bits per weight; for tables and counts, not for weights. Upstream:
 * {@code GGML_TYPE_I32}.
 *
 * <table>
 * <caption>Block of 1 element, 4 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>4</td><td>the number, two's complement, little-endian</td></tr>
 * </table>
 *
 * <p>Elements follow each other in order. Example: -2 is {@code fe ff ff ff}.
 *
 * <p>Decoding converts to the nearest float. Encoding rounds to the nearest integer, ties to even;
 * NaN, infinity and numbers beyond the range are refused with {@link
 * io.quant4j.api.error.InvalidRequestException}. Importance is not used.
 */
public final class I32 implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 1;
  public static final int BLOCK_BYTES = 4;

  private static final FormatId ID = new FormatId("I32");

  /** For the service loader and for direct use. */
  public I32() {}

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

  /** {@inheritDoc} Every integer is finite: always -1. */
  @Override
  public long firstNonFinite(MemorySegment source, long byteOffset, long blocks) {
    return -1;
  }

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    for (int i = 0; i < elements; i++) {
      target[targetOffset + i] = source.get(LittleEndian.INT, byteOffset + (long) i * BLOCK_BYTES);
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
      long number = Integers.nearest(row[rowOffset + i], 32, ID);
      target.set(LittleEndian.INT, byteOffset + (long) i * BLOCK_BYTES, (int) number);
    }
  }
}
