package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Ternary codes, five in a byte, with one scale per 256 elements, 1.6875 bits per weight. Upstream:
 * {@code block_tq1_0}, {@code GGML_TYPE_TQ1_0}.
 *
 * <table>
 * <caption>Block of 256 elements, 54 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>48</td><td>{@code qs}, byte m = 0 to 31: codes of elements 32n + m, n = 0 to 4;
 *     byte 32 + m, m = 0 to 15: codes of elements 160 + 16n + m, n = 0 to 4</td></tr>
 * <tr><td>48</td><td>4</td><td>{@code qh}, byte j: codes of elements 240 + 4n + j, n = 0 to
 *     3</td></tr>
 * <tr><td>52</td><td>2</td><td>{@code d}, scale, binary16</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * (code[i] - 1)}. The codes of a byte are the digits of a number v to base 3,
 * n = 0 the most significant of five (a missing fifth is 0); the byte holds v * 256 / 243, rounded
 * up, so that code n is ((byte * 3^n mod 256) * 3) / 256, rounded down. Example: d = 0.5 and {@code
 * qs[0]} = {@code c0}: v = 182 = 20202 to base 3, and elements 0, 32, 64, 96, 128 are 0.5, -0.5,
 * 0.5, -0.5, 0.5.
 *
 * <p>Encoding ({@code quantize_row_tq1_0_ref}): {@link TernaryRounding}. Importance is not used.
 */
public final class TQ1_0 implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 256;
  public static final int BLOCK_BYTES = 54;
  public static final int QS_OFFSET = 0;
  public static final int QH_OFFSET = 48;
  public static final int D_OFFSET = 52;

  /** Code of 0. */
  public static final int ZERO_CODE = 1;

  /** Codes in one byte of {@code qs}. */
  private static final int DIGITS = 5;

  /** 3^5, the number of values of five codes. */
  private static final int VALUES = 243;

  private static final int[] POWERS = {1, 3, 9, 27, 81};

  private static final FormatId ID = new FormatId("TQ1_0");

  /** For the service loader and for direct use. */
  public TQ1_0() {}

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
    decodeBytes(source, block + QS_OFFSET, 32, DIGITS, d, target, out);
    decodeBytes(source, block + QS_OFFSET + 32, 16, DIGITS, d, target, out + 160);
    decodeBytes(source, block + QH_OFFSET, 4, DIGITS - 1, d, target, out + 240);
  }

  /**
   * Decodes {@code digits} codes from each of {@code bytes} bytes; digit n of byte m goes to
   * element n * bytes + m.
   */
  private static void decodeBytes(
      MemorySegment source, long offset, int bytes, int digits, float d, float[] target, int out) {
    for (int m = 0; m < bytes; m++) {
      int packed = LittleEndian.unsignedByte(source, offset + m);
      for (int n = 0; n < digits; n++) {
        int code = (packed * POWERS[n] & 0xff) * 3 >> 8;
        target[out + n * bytes + m] = (code - ZERO_CODE) * d;
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
    byte[] codes = new byte[BLOCK_ELEMENTS];
    for (int b = 0; b < blocks; b++) {
      int from = rowOffset + b * BLOCK_ELEMENTS;
      long block = byteOffset + (long) b * BLOCK_BYTES;
      if (!Blocks.finite(row, from, BLOCK_ELEMENTS)) {
        Blocks.putNotANumber(target, block, BLOCK_BYTES, D_OFFSET);
        continue;
      }
      LittleEndian.putHalf(target, block + D_OFFSET, TernaryRounding.fit(row, from, codes));
      putCodes(codes, target, block);
    }
  }

  /**
   * Stores the codes of a block.
   *
   * @param codes 0 to 2 each
   */
  public static void putCodes(byte[] codes, MemorySegment target, long block) {
    putBytes(codes, 0, 32, DIGITS, target, block + QS_OFFSET);
    putBytes(codes, 160, 16, DIGITS, target, block + QS_OFFSET + 32);
    putBytes(codes, 240, 4, DIGITS - 1, target, block + QH_OFFSET);
  }

  /** The inverse of {@link #decodeBytes}, for codes from {@code first}. */
  private static void putBytes(
      byte[] codes, int first, int bytes, int digits, MemorySegment target, long offset) {
    for (int m = 0; m < bytes; m++) {
      int value = 0;
      for (int n = 0; n < digits; n++) {
        value += codes[first + n * bytes + m] * POWERS[DIGITS - 1 - n];
      }
      LittleEndian.putByte(target, offset + m, (value * 256 + VALUES - 1) / VALUES);
    }
  }
}
