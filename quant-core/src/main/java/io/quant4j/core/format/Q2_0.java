package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * 2-bit codes with one scale per 64 elements, 2.25 bits per weight. Upstream: {@code block_q2_0},
 * {@code GGML_TYPE_Q2_0}.
 *
 * <table>
 * <caption>Block of 64 elements, 18 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code d}, scale, binary16</td></tr>
 * <tr><td>2</td><td>16</td><td>{@code qs}, byte j: codes of elements 4j to 4j + 3 in bits 0-1, 2-3,
 *     4-5, 6-7</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * (code[i] - 1)}, that is -d, 0, d or 2d. Example: d = 0.5 ({@code 00 38}) and
 * {@code qs} = {@code e4 ...}: elements 0 to 3 are -0.5, 0, 0.5, 1.
 *
 * <p>Encoding ({@code quantize_row_q2_0_ref}): d = max|x|; a code is x / d rounded to nearest with
 * ties away from zero, plus 1. So 2d is never written. Importance is not used.
 */
public final class Q2_0 implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 64;
  public static final int BLOCK_BYTES = 18;
  public static final int D_OFFSET = 0;
  public static final int QS_OFFSET = 2;

  /** Code of 0. */
  public static final int ZERO_CODE = 1;

  private static final int LARGEST_CODE = 3;

  private static final FormatId ID = new FormatId("Q2_0");

  /** For the service loader and for direct use. */
  public Q2_0() {}

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
    return Blocks.firstNonFiniteHalf(source, byteOffset, blocks, BLOCK_BYTES, D_OFFSET);
  }

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    int blocks = Blocks.count(this, elements);
    for (int b = 0; b < blocks; b++) {
      decodeBlock(
          source, byteOffset + (long) b * BLOCK_BYTES, target, targetOffset + b * BLOCK_ELEMENTS);
    }
  }

  private static void decodeBlock(MemorySegment source, long block, float[] target, int out) {
    float d = LittleEndian.half(source, block + D_OFFSET);
    for (int i = 0; i < BLOCK_ELEMENTS; i++) {
      int codes = LittleEndian.unsignedByte(source, block + QS_OFFSET + i / 4);
      target[out + i] = ((codes >> 2 * (i % 4) & 3) - ZERO_CODE) * d;
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
    float d = Blocks.largestMagnitude(x, from, BLOCK_ELEMENTS);
    float inverse = Rounding.inverse(d);
    LittleEndian.putHalf(target, block + D_OFFSET, d);
    for (int first = 0; first < BLOCK_ELEMENTS; first += 4) {
      int codes = 0;
      for (int i = 0; i < 4; i++) {
        int code = Rounding.halfAwayFromZero(x[from + first + i] * inverse) + ZERO_CODE;
        codes |= Math.clamp(code, 0, LARGEST_CODE) << 2 * i;
      }
      LittleEndian.putByte(target, block + QS_OFFSET + first / 4, codes);
    }
  }
}
