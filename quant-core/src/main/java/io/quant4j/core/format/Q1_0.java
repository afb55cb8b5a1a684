package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Signs with one scale per 128 elements, 1.125 bits per weight. Upstream: {@code block_q1_0},
 * {@code GGML_TYPE_Q1_0}.
 *
 * <table>
 * <caption>Block of 128 elements, 18 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code d}, scale, binary16</td></tr>
 * <tr><td>2</td><td>16</td><td>{@code qs}, bit i % 8 of byte i / 8: 1 if element i is not
 *     negative</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d} or {@code -d}. Example: d = 0.5 ({@code 00 38}) and {@code qs} = {@code 05
 * ...}: elements 0 to 3 are 0.5, -0.5, 0.5, -0.5.
 *
 * <p>Encoding ({@code quantize_row_q1_0_ref}): d is the mean of |x|. Importance is not used.
 */
public final class Q1_0 implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 128;
  public static final int BLOCK_BYTES = 18;
  public static final int D_OFFSET = 0;
  public static final int QS_OFFSET = 2;

  private static final FormatId ID = new FormatId("Q1_0");

  /** For the service loader and for direct use. */
  public Q1_0() {}

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
      int bits = LittleEndian.unsignedByte(source, block + QS_OFFSET + i / 8);
      target[out + i] = (bits >> i % 8 & 1) == 1 ? d : -d;
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
    float sum = 0;
    for (int i = 0; i < BLOCK_ELEMENTS; i++) {
      sum += Math.abs(x[from + i]);
    }
    LittleEndian.putHalf(target, block + D_OFFSET, sum / BLOCK_ELEMENTS);
    for (int first = 0; first < BLOCK_ELEMENTS; first += 8) {
      int bits = 0;
      for (int i = 0; i < 8; i++) {
        bits |= x[from + first + i] >= 0 ? 1 << i : 0;
      }
      LittleEndian.putByte(target, block + QS_OFFSET + first / 8, bits);
    }
  }
}
