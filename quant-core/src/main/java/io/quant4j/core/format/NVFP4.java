package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * 4-bit floats with an 8-bit float scale per 16 elements, 4.5 bits per weight. Upstream: {@code
 * block_nvfp4}, {@code GGML_TYPE_NVFP4}. A container may hold one more factor for the whole tensor;
 * it is no part of the blocks.
 *
 * <table>
 * <caption>Block of 64 elements, 36 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>4</td><td>{@code d}, scales, unsigned float: bits 0-2 fraction, bits 3-6
 *     exponent (bias 7); {@code 7f} is NaN</td></tr>
 * <tr><td>4</td><td>32</td><td>{@code qs}, byte 8s + j (s = 0 to 3, j = 0 to 7): code of element
 *     16s + j in bits 0-3, of element 16s + 8 + j in bits 4-7</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d[i / 16] * value[code[i]]} with the values of {@link MXFP4}. Example: {@code
 * d[0]} = {@code 3c} (1.5) and {@code qs[0]} = {@code 72}: element 0 is 1.5 * 1, element 8 is 1.5 *
 * 6 = 9. Like upstream, the scale NaN decodes to zeros.
 *
 * <p>Encoding ({@code quantize_row_nvfp4_ref}): d = max|x| / 6 rounded to the nearest scale, the
 * larger of two equally near; each code is that of the nearest value. Where d would be beyond 464,
 * which rounds to no scale, NaN is stored (upstream limits the group to 2688). Importance is not
 * used.
 */
public final class NVFP4 implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 64;
  public static final int BLOCK_BYTES = 36;
  public static final int D_OFFSET = 0;
  public static final int QS_OFFSET = 4;

  /** Elements that share a scale. */
  public static final int GROUP_ELEMENTS = 16;

  /** Scale that stands for NaN. */
  public static final int NOT_A_NUMBER = 0x7f;

  private static final int GROUPS = BLOCK_ELEMENTS / GROUP_ELEMENTS;
  private static final int HALF_GROUP = GROUP_ELEMENTS / 2;
  private static final int LARGEST_SCALE = 0x7e;

  /** Half a step above the largest scale, 448. */
  private static final float BEYOND_LARGEST = 464;

  private static final FormatId ID = new FormatId("NVFP4");

  /** For the service loader and for direct use. */
  public NVFP4() {}

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
      for (int s = 0; s < GROUPS; s++) {
        long scale = byteOffset + b * BLOCK_BYTES + D_OFFSET + s;
        if (LittleEndian.unsignedByte(source, scale) == NOT_A_NUMBER) {
          return b;
        }
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
    for (int s = 0; s < GROUPS; s++) {
      float scale = halfScale(LittleEndian.unsignedByte(source, block + D_OFFSET + s));
      int first = out + s * GROUP_ELEMENTS;
      for (int j = 0; j < HALF_GROUP; j++) {
        int pair = LittleEndian.unsignedByte(source, block + QS_OFFSET + s * HALF_GROUP + j);
        target[first + j] = FourBitFloats.doubled(pair & 15) * scale;
        target[first + HALF_GROUP + j] = FourBitFloats.doubled(pair >> 4) * scale;
      }
    }
  }

  /** Half the number that a stored scale stands for, for doubled values. Bit 7 is ignored. */
  public static float halfScale(int bits) {
    if (bits == NOT_A_NUMBER) {
      return 0;
    }
    int exponent = bits >> 3 & 15;
    int fraction = bits & 7;
    return exponent == 0
        ? Math.scalb((float) fraction, -10)
        : Math.scalb(8f + fraction, exponent - 11);
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
    byte[] codes = new byte[GROUP_ELEMENTS];
    for (int b = 0; b < blocks; b++) {
      long block = byteOffset + (long) b * BLOCK_BYTES;
      for (int s = 0; s < GROUPS; s++) {
        int from = rowOffset + b * BLOCK_ELEMENTS + s * GROUP_ELEMENTS;
        int bits = scale(row, from);
        float scale = halfScale(bits);
        for (int i = 0; i < GROUP_ELEMENTS; i++) {
          codes[i] = (byte) FourBitFloats.nearest(row[from + i], scale);
        }
        LittleEndian.putByte(target, block + D_OFFSET + s, bits);
        long qs = block + QS_OFFSET + s * HALF_GROUP;
        Blocks.putNibbles(codes, 0, HALF_GROUP, HALF_GROUP, target, qs);
      }
    }
  }

  /** What is stored as scale of the group from {@code from}. */
  public static int scale(float[] x, int from) {
    float scale = Blocks.largestMagnitude(x, from, GROUP_ELEMENTS) / (FourBitFloats.LARGEST / 2);
    if (!Blocks.finite(x, from, GROUP_ELEMENTS) || scale > BEYOND_LARGEST) {
      return NOT_A_NUMBER;
    }
    int exponent = Math.getExponent(scale) + 7;
    if (exponent <= 0) {
      return Math.min(7, (int) (scale * 512 + 0.5f));
    }
    // Exponent and three fraction bits, rounded by the fraction's next bit; a carry raises the
    // exponent.
    int rounded = (Float.floatToRawIntBits(scale) >> 19) + 1 >> 1;
    return Math.min(LARGEST_SCALE, rounded - (127 - 7 << 3));
  }
}
