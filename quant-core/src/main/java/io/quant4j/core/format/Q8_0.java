package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * 8-bit codes with one scale per 32 elements, 8.5 bits per weight. Upstream: {@code block_q8_0},
 * {@code GGML_TYPE_Q8_0}.
 *
 * <table>
 * <caption>Block of 32 elements, 34 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code d}, scale, binary16</td></tr>
 * <tr><td>2</td><td>32</td><td>{@code qs}, one signed code per element, in element order</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * qs[i]}. Example: d = 0.5 ({@code 00 38}) and codes {@code 7f ff 00 ...}
 * (127, -1, 0, ...) hold 63.5, -0.5, 0, ...
 *
 * <p>Encoding ({@code quantize_row_q8_0_ref}): d = max|x| / 127; a code is x times the inverse of
 * the unrounded d, rounded to nearest with ties away from zero. Importance is not used.
 */
public final class Q8_0 implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 32;
  public static final int BLOCK_BYTES = 34;
  public static final int D_OFFSET = 0;
  public static final int QS_OFFSET = 2;

  /** Largest magnitude of a code that the encoder writes. */
  public static final int LARGEST_CODE = 127;

  /** For the service loader and for direct use. */
  public Q8_0() {}

  @Override
  public FormatId id() {
    return FormatId.Q8_0;
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
    return Blocks.firstNonFiniteHalf(source, byteOffset, blocks, BLOCK_BYTES, D_OFFSET);
  }

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    int blocks = Blocks.count(this, elements);
    for (int b = 0; b < blocks; b++) {
      long block = byteOffset + (long) b * BLOCK_BYTES;
      float d = LittleEndian.half(source, block + D_OFFSET);
      int out = targetOffset + b * BLOCK_ELEMENTS;
      for (int i = 0; i < BLOCK_ELEMENTS; i++) {
        target[out + i] = d * LittleEndian.signedByte(source, block + QS_OFFSET + i);
      }
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
    int blocks = Blocks.count(this, cols);
    for (int b = 0; b < blocks; b++) {
      encodeBlock(row, rowOffset + b * BLOCK_ELEMENTS, target, byteOffset + (long) b * BLOCK_BYTES);
    }
  }

  private static void encodeBlock(float[] x, int from, MemorySegment target, long block) {
    if (!Blocks.finite(x, from, BLOCK_ELEMENTS)) {
      Blocks.putNotANumber(target, block, BLOCK_BYTES, D_OFFSET);
      return;
    }
    float d = Blocks.largestMagnitude(x, from, BLOCK_ELEMENTS) / LARGEST_CODE;
    float inverse = Rounding.inverse(d);
    LittleEndian.putHalf(target, block + D_OFFSET, d);
    for (int i = 0; i < BLOCK_ELEMENTS; i++) {
      int code = Rounding.halfAwayFromZero(x[from + i] * inverse);
      LittleEndian.putByte(target, block + QS_OFFSET + i, code);
    }
  }

  /**
   * Stores one block.
   *
   * @param d bits of the scale
   * @param codes (32), signed
   */
  public static void putBlock(short d, byte[] codes, MemorySegment target, long block) {
    target.set(LittleEndian.SHORT, block + D_OFFSET, d);
    for (int i = 0; i < BLOCK_ELEMENTS; i++) {
      LittleEndian.putByte(target, block + QS_OFFSET + i, codes[i]);
    }
  }
}
