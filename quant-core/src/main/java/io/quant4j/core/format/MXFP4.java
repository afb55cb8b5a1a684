package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * 4-bit floats with one power of two per 32 elements, 4.25 bits per weight: the MXFP4 of the OCP
 * Microscaling specification with its elements in another order. Upstream: {@code block_mxfp4},
 * {@code GGML_TYPE_MXFP4}.
 *
 * <table>
 * <caption>Block of 32 elements, 17 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>1</td><td>{@code e}, exponent of the scale 2^(e - 127); 255 is NaN</td></tr>
 * <tr><td>1</td><td>16</td><td>{@code qs}, byte j: code of element j in bits 0-3, of element j + 16
 *     in bits 4-7</td></tr>
 * </table>
 *
 * <p>{@code x[i] = 2^(e - 127) * value[code[i]]} with the values 0, 0.5, 1, 1.5, 2, 3, 4, 6 for
 * codes 0 to 7 and their negatives for codes 8 to 15. Example: {@code e} = {@code 80} (scale 2) and
 * {@code qs} = {@code f1 ...}: element 0 is 1, element 16 is -12.
 *
 * <p>Encoding ({@code quantize_row_mxfp4_ref}): e = floor(log2(max|x|)) - 2 + 127, so that
 * magnitudes up to 8 times the scale are stored as at most 6 times the scale; the logarithm is
 * rounded to float first, as upstream does, and e is at least 0. Each code is that of the nearest
 * value. Importance is not used.
 */
public final class MXFP4 implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 32;
  public static final int BLOCK_BYTES = 17;
  public static final int E_OFFSET = 0;
  public static final int QS_OFFSET = 1;

  /** Exponent that stands for NaN. */
  public static final int NOT_A_NUMBER = 255;

  private static final int HALF = BLOCK_ELEMENTS / 2;
  private static final double LN_2 = Math.log(2);

  private static final FormatId ID = new FormatId("MXFP4");

  /** For the service loader and for direct use. */
  public MXFP4() {}

  /** Twice the value of a code, 0 to 15, before scaling. */
  public static int doubledValue(int code) {
    return FourBitFloats.doubled(code);
  }

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

  /** {@inheritDoc} The scale NaN is what it looks for. */
  @Override
  public long firstNonFinite(MemorySegment source, long byteOffset, long blocks) {
    for (long b = 0; b < blocks; b++) {
      long block = byteOffset + b * BLOCK_BYTES;
      if (LittleEndian.unsignedByte(source, block + E_OFFSET) == NOT_A_NUMBER) {
        return b;
      }
    }
    return -1;
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
    float scale = halfScale(LittleEndian.unsignedByte(source, block + E_OFFSET));
    for (int j = 0; j < HALF; j++) {
      int pair = LittleEndian.unsignedByte(source, block + QS_OFFSET + j);
      target[out + j] = FourBitFloats.doubled(pair & 15) * scale;
      target[out + HALF + j] = FourBitFloats.doubled(pair >> 4) * scale;
    }
  }

  /**
   * Half the scale of a stored exponent, 2^(e - 128), for doubled values; NaN for {@link
   * #NOT_A_NUMBER}.
   */
  public static float halfScale(int e) {
    return e == NOT_A_NUMBER ? Float.NaN : Math.scalb(1f, e - 128);
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
      int e = exponent(row, from);
      float scale = halfScale(e);
      for (int i = 0; i < BLOCK_ELEMENTS; i++) {
        codes[i] = (byte) FourBitFloats.nearest(row[from + i], scale);
      }
      LittleEndian.putByte(target, block + E_OFFSET, e);
      Blocks.putNibbles(codes, 0, HALF, HALF, target, block + QS_OFFSET);
    }
  }

  /** What is stored as {@code e} for the block from {@code from}. */
  public static int exponent(float[] x, int from) {
    if (!Blocks.finite(x, from, BLOCK_ELEMENTS)) {
      return NOT_A_NUMBER;
    }
    float largest = Blocks.largestMagnitude(x, from, BLOCK_ELEMENTS);
    if (largest == 0) {
      return 0;
    }
    float logarithm = (float) (Math.log(largest) / LN_2);
    return Math.max(0, (int) Math.floor(logarithm) - 2 + 127);
  }
}
