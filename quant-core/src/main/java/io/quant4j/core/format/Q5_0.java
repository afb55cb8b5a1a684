package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * 5-bit codes with one scale per 32 elements, 5.5 bits per weight. Upstream: {@code block_q5_0},
 * {@code GGML_TYPE_Q5_0}.
 *
 * <table>
 * <caption>Block of 32 elements, 22 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code d}, scale, binary16, of either sign</td></tr>
 * <tr><td>2</td><td>4</td><td>{@code qh}, 32-bit integer, bit i: upper bit of the code of element
 *     i</td></tr>
 * <tr><td>6</td><td>16</td><td>{@code qs}, byte j: lower four bits of the code of element j in bits
 *     0-3, of element j + 16 in bits 4-7</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * (code[i] - 16)}. Example: d = -0.25 ({@code 00 b4}), {@code qh} = {@code 01
 * 00 00 00} and {@code qs} = {@code 71 ...}: element 0 has code 16 + 1 and is -0.25 * 1, element 16
 * is -0.25 * (7 - 16) = 2.25.
 *
 * <p>Encoding without importance ({@code quantize_row_q5_0_ref}): {@link SymmetricRounding}. With
 * importance ({@code quantize_row_q5_0_impl}): {@link SymmetricSearch} with weights importance *
 * sqrt(mean of x^2 over the row + x^2).
 */
public final class Q5_0 implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 32;
  public static final int BLOCK_BYTES = 22;
  public static final int D_OFFSET = 0;
  public static final int QH_OFFSET = 2;
  public static final int QS_OFFSET = 6;

  /** Code of 0. */
  public static final int ZERO_CODE = 16;

  private static final int HALF = BLOCK_ELEMENTS / 2;

  private static final FormatId ID = new FormatId("Q5_0");

  /** For the service loader and for direct use. */
  public Q5_0() {}

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
    int upper = source.get(LittleEndian.INT, block + QH_OFFSET);
    for (int j = 0; j < HALF; j++) {
      int pair = LittleEndian.unsignedByte(source, block + QS_OFFSET + j);
      target[out + j] = ((pair & 15 | FifthBits.at(upper, j)) - ZERO_CODE) * d;
      target[out + HALF + j] = ((pair >> 4 | FifthBits.at(upper, HALF + j)) - ZERO_CODE) * d;
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
    SymmetricRow fit =
        new SymmetricRow(BLOCK_ELEMENTS, ZERO_CODE, row, rowOffset, cols, importance);
    for (int b = 0; b < blocks; b++) {
      long block = byteOffset + (long) b * BLOCK_BYTES;
      if (!fit.fit(b)) {
        Blocks.putNotANumber(target, block, BLOCK_BYTES, D_OFFSET);
        continue;
      }
      LittleEndian.putHalf(target, block + D_OFFSET, fit.scale());
      FifthBits.put(fit.codes(), target, block + QH_OFFSET);
      Blocks.putNibbles(fit.codes(), 0, HALF, HALF, target, block + QS_OFFSET);
    }
  }

  /**
   * Stores one block.
   *
   * @param d bits of the scale
   * @param codes (32), 0 to 31
   */
  public static void putBlock(short d, byte[] codes, MemorySegment target, long block) {
    target.set(LittleEndian.SHORT, block + D_OFFSET, d);
    FifthBits.put(codes, target, block + QH_OFFSET);
    Blocks.putNibbles(codes, 0, HALF, HALF, target, block + QS_OFFSET);
  }
}
