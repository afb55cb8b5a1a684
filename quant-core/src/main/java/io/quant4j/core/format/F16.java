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
    for (int i = 0; i < elements; i++) {
      target[targetOffset + i] = LittleEndian.half(source, byteOffset + (long) i * BLOCK_BYTES);
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
      short bits = Float.floatToFloat16(row[rowOffset + i]);
      target.set(LittleEndian.SHORT, byteOffset + (long) i * BLOCK_BYTES, bits);
    }
  }
}
