package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * 4-bit codes of unevenly spaced values with one scale per 32 elements, 4.5 bits per weight.
 * Upstream: {@code block_iq4_nl}, {@code GGML_TYPE_IQ4_NL}.
 *
 * <table>
 * <caption>Block of 32 elements, 18 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code d}, scale, binary16, of either sign</td></tr>
 * <tr><td>2</td><td>16</td><td>{@code qs}, byte j: code of element j in bits 0-3, of element j + 16
 *     in bits 4-7</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * value[code[i]]} with the values -127, -104, -83, -65, -49, -35, -22, -10, 1,
 * 13, 25, 38, 53, 69, 89, 113. Example: d = 0.5 ({@code 00 38}) and {@code qs} = {@code f0 ...}:
 * element 0 is -63.5, element 16 is 56.5.
 *
 * <p>Encoding ({@code quantize_row_iq4_nl_impl}): {@link NonLinearCodes} finds the scale; codes are
 * those of the nearest values with the scale before rounding.
 */
public final class IQ4_NL implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 32;
  public static final int BLOCK_BYTES = 18;
  public static final int D_OFFSET = 0;
  public static final int QS_OFFSET = 2;

  private static final int HALF = BLOCK_ELEMENTS / 2;

  private static final FormatId ID = new FormatId("IQ4_NL");

  /** For the service loader and for direct use. */
  public IQ4_NL() {}

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
    for (int j = 0; j < HALF; j++) {
      int pair = LittleEndian.unsignedByte(source, block + QS_OFFSET + j);
      target[out + j] = d * value(pair & 15);
      target[out + HALF + j] = d * value(pair >> 4);
    }
  }

  /** Value of a code, 0 to 15, before scaling. */
  public static int value(int code) {
    return NonLinearCodes.value(code);
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
    byte[] codes = new byte[BLOCK_ELEMENTS];
    float[] weights = new float[BLOCK_ELEMENTS];
    for (int b = 0; b < blocks; b++) {
      int column = b * BLOCK_ELEMENTS;
      int from = rowOffset + column;
      long block = byteOffset + (long) b * BLOCK_BYTES;
      if (!Blocks.finite(row, from, BLOCK_ELEMENTS)) {
        Blocks.putNotANumber(target, block, BLOCK_BYTES, D_OFFSET);
        continue;
      }
      float base = ErrorWeights.meanSquare(row, from, BLOCK_ELEMENTS, 2);
      float d = NonLinearCodes.scale(row, from, importance, column, base, weights);
      LittleEndian.putHalf(target, block + D_OFFSET, d);
      float inverse = d == 0 ? 0 : 1 / d;
      for (int i = 0; i < BLOCK_ELEMENTS; i++) {
        codes[i] = (byte) NonLinearCodes.nearest(inverse * row[from + i]);
      }
      Blocks.putNibbles(codes, 0, HALF, HALF, target, block + QS_OFFSET);
    }
  }

  /**
   * Stores one block.
   *
   * @param d bits of the scale
   * @param codes (32), 0 to 15
   */
  public static void putBlock(short d, byte[] codes, MemorySegment target, long block) {
    target.set(LittleEndian.SHORT, block + D_OFFSET, d);
    Blocks.putNibbles(codes, 0, HALF, HALF, target, block + QS_OFFSET);
  }
}
