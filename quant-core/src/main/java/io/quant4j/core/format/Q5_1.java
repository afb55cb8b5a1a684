package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * 5-bit codes with one scale and one offset per 32 elements, 6 bits per weight. Upstream: {@code
 * block_q5_1}, {@code GGML_TYPE_Q5_1}.
 *
 * <table>
 * <caption>Block of 32 elements, 24 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code d}, scale, binary16</td></tr>
 * <tr><td>2</td><td>2</td><td>{@code m}, value of code 0, binary16</td></tr>
 * <tr><td>4</td><td>4</td><td>{@code qh}, 32-bit integer, bit i: upper bit of the code of element
 *     i</td></tr>
 * <tr><td>8</td><td>16</td><td>{@code qs}, byte j: lower four bits of the code of element j in bits
 *     0-3, of element j + 16 in bits 4-7</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * code[i] + m}. Example: d = 0.5 ({@code 00 38}), m = -1 ({@code 00 bc}),
 * {@code qh} = {@code 01 00 00 00} and {@code qs} = {@code 31 ...}: element 0 has code 16 + 1 and
 * is 0.5 * 17 - 1 = 7.5, element 16 is 0.5 * 3 - 1 = 0.5.
 *
 * <p>Encoding without importance ({@code quantize_row_q5_1_ref}): {@link AffineRounding}. With
 * importance ({@code quantize_row_q5_1_impl}): {@link AsymmetricSearch} with weights importance *
 * sqrt(mean of x^2 over the row + x^2).
 */
public final class Q5_1 implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 32;
  public static final int BLOCK_BYTES = 24;
  public static final int D_OFFSET = 0;
  public static final int M_OFFSET = 2;
  public static final int QH_OFFSET = 4;
  public static final int QS_OFFSET = 8;

  private static final int HALF = BLOCK_ELEMENTS / 2;

  /** Code of the largest element. */
  public static final int LARGEST_CODE = 31;

  private static final FormatId ID = new FormatId("Q5_1");

  /** For the service loader and for direct use. */
  public Q5_1() {}

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
    return true;
  }

  @Override
  public long firstNonFinite(MemorySegment source, long byteOffset, long blocks) {
    return Blocks.firstNonFiniteHalf(source, byteOffset, blocks, BLOCK_BYTES, D_OFFSET, M_OFFSET);
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
    float m = LittleEndian.half(source, block + M_OFFSET);
    int upper = source.get(LittleEndian.INT, block + QH_OFFSET);
    for (int j = 0; j < HALF; j++) {
      int pair = LittleEndian.unsignedByte(source, block + QS_OFFSET + j);
      target[out + j] = (pair & 15 | FifthBits.at(upper, j)) * d + m;
      target[out + HALF + j] = (pair >> 4 | FifthBits.at(upper, HALF + j)) * d + m;
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
    AffineRow fit = new AffineRow(BLOCK_ELEMENTS, LARGEST_CODE, row, rowOffset, cols, importance);
    for (int b = 0; b < blocks; b++) {
      long block = byteOffset + (long) b * BLOCK_BYTES;
      if (!fit.fit(b)) {
        Blocks.putNotANumber(target, block, BLOCK_BYTES, D_OFFSET);
        continue;
      }
      LittleEndian.putHalf(target, block + D_OFFSET, fit.scale());
      LittleEndian.putHalf(target, block + M_OFFSET, fit.offset());
      FifthBits.put(fit.codes(), target, block + QH_OFFSET);
      Blocks.putNibbles(fit.codes(), 0, HALF, HALF, target, block + QS_OFFSET);
    }
  }

  /**
   * Stores one block.
   *
   * @param d bits of the scale
   * @param m bits of the offset
   * @param codes (32), 0 to 31
   */
  public static void putBlock(short d, short m, byte[] codes, MemorySegment target, long block) {
    target.set(LittleEndian.SHORT, block + D_OFFSET, d);
    target.set(LittleEndian.SHORT, block + M_OFFSET, m);
    FifthBits.put(codes, target, block + QH_OFFSET);
    Blocks.putNibbles(codes, 0, HALF, HALF, target, block + QS_OFFSET);
  }
}
