package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * 6-bit codes with an 8-bit scale per 16 elements, 6.5625 bits per weight. Upstream: {@code
 * block_q6_K}, {@code GGML_TYPE_Q6_K}.
 *
 * <table>
 * <caption>Block of 256 elements, 210 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>128</td><td>{@code ql}, byte 64h + l (h = 0 to 1, l = 0 to 63): lower four bits
 *     of the code of element 128h + l in bits 0-3, of element 128h + 64 + l in bits 4-7</td></tr>
 * <tr><td>128</td><td>64</td><td>{@code qh}, byte 32h + l (l = 0 to 31): upper two bits of the
 *     codes of elements 128h + l, 128h + 32 + l, 128h + 64 + l, 128h + 96 + l in bits 0-1, 2-3,
 *     4-5, 6-7</td></tr>
 * <tr><td>192</td><td>16</td><td>{@code scales}, signed, one per 16 elements in element
 *     order</td></tr>
 * <tr><td>208</td><td>2</td><td>{@code d}, scale of the scales, binary16, of either sign</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * scales[i / 16] * (code[i] - 32)}. Example: d = -0.5, scales[0] = -128,
 * {@code ql[0]} = {@code 03} and {@code qh[0]} = {@code 02}: element 0 has code 35 and is 64 * 3 =
 * 192.
 *
 * <p>Encoding ({@code quantize_row_q6_K_ref} and {@code _impl}): {@link SymmetricSearch} gives each
 * group a scale, with the importance itself as weights, or x^2 without; the scale of largest
 * magnitude becomes -128 and d follows; codes are then the nearest with the stored numbers.
 */
public final class Q6_K implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 256;
  public static final int BLOCK_BYTES = 210;
  public static final int QL_OFFSET = 0;
  public static final int QH_OFFSET = 128;
  public static final int SCALES_OFFSET = 192;
  public static final int D_OFFSET = 208;

  /** Elements that share a scale. */
  public static final int GROUP_ELEMENTS = 16;

  /** Code of 0. */
  public static final int ZERO_CODE = 32;

  private static final int GROUPS = BLOCK_ELEMENTS / GROUP_ELEMENTS;

  /** Stored scale of the group whose scale has the largest magnitude. */
  public static final float LOWEST_SCALE = -128;

  /** Largest stored scale. */
  public static final int HIGHEST_SCALE = 127;

  private static final int HALF = BLOCK_ELEMENTS / 2;
  private static final int QUARTER = HALF / 4;

  /** For the service loader and for direct use. */
  public Q6_K() {}

  @Override
  public FormatId id() {
    return FormatId.Q6_K;
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
    for (int i = 0; i < BLOCK_ELEMENTS; i++) {
      float scale = d * LittleEndian.signedByte(source, block + SCALES_OFFSET + i / GROUP_ELEMENTS);
      target[out + i] = scale * (code(source, block, i) - ZERO_CODE);
    }
  }

  /** Code of element i of a block, 0 to 63. */
  private static int code(MemorySegment source, long block, int i) {
    int half = i / HALF;
    int quarter = i % HALF / QUARTER;
    long low = block + QL_OFFSET + half * (HALF / 2) + i % (HALF / 2);
    long high = block + QH_OFFSET + half * QUARTER + i % QUARTER;
    return LittleEndian.unsignedByte(source, low) >> 4 * (quarter >> 1) & 15
        | (LittleEndian.unsignedByte(source, high) >> 2 * quarter & 3) << 4;
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
    float[] scales = new float[GROUPS];
    for (int b = 0; b < blocks; b++) {
      int column = b * BLOCK_ELEMENTS;
      int from = rowOffset + column;
      long block = byteOffset + (long) b * BLOCK_BYTES;
      if (!fitGroups(row, from, importance, column, codes, scales)) {
        Blocks.putNotANumber(target, block, BLOCK_BYTES, D_OFFSET);
      } else {
        putBlock(row, from, codes, scales, target, block);
      }
    }
  }

  /** Gives each group its own scale and codes; returns whether all is finite. */
  private static boolean fitGroups(
      float[] x,
      int from,
      float @Nullable [] importance,
      int column,
      byte[] codes,
      float[] scales) {
    if (!Blocks.finite(x, from, BLOCK_ELEMENTS)) {
      return false;
    }
    for (int s = 0; s < GROUPS; s++) {
      int start = s * GROUP_ELEMENTS;
      scales[s] =
          SymmetricSearch.fit(
              x, from + start, GROUP_ELEMENTS, ZERO_CODE, importance, column + start, codes, start);
    }
    return Blocks.finite(scales, 0, GROUPS);
  }

  private static void putBlock(
      float[] x, int from, byte[] codes, float[] scales, MemorySegment target, long block) {
    float largest = Blocks.signedLargest(scales, 0, GROUPS);
    if (Math.abs(largest) < SymmetricSearch.NEGLIGIBLE) {
      target.asSlice(block, BLOCK_BYTES).fill((byte) 0);
      return;
    }
    float inverse = LOWEST_SCALE / largest;
    float d = LittleEndian.putHalf(target, block + D_OFFSET, 1 / inverse);
    for (int s = 0; s < GROUPS; s++) {
      byte scale = (byte) Math.min(HIGHEST_SCALE, Rounding.nearest(inverse * scales[s]));
      LittleEndian.putByte(target, block + SCALES_OFFSET + s, scale);
      requantize(x, from, d * scale, codes, s * GROUP_ELEMENTS);
    }
    putCodes(codes, target, block);
  }

  /** Takes the nearest codes of a group once more, with its scale as stored. */
  private static void requantize(float[] x, int from, float scale, byte[] codes, int start) {
    if (scale == 0) {
      return; // the codes do not matter; upstream leaves what the search found
    }
    for (int i = start; i < start + GROUP_ELEMENTS; i++) {
      int code = Rounding.nearest(x[from + i] / scale);
      codes[i] = (byte) (Math.clamp(code, -ZERO_CODE, ZERO_CODE - 1) + ZERO_CODE);
    }
  }

  private static void putCodes(byte[] codes, MemorySegment target, long block) {
    for (int half = 0; half < 2; half++) {
      int first = half * HALF;
      long low = block + QL_OFFSET + half * (HALF / 2);
      Blocks.putNibbles(codes, first, first + HALF / 2, HALF / 2, target, low);
      for (int l = first; l < first + QUARTER; l++) {
        int bits =
            codes[l] >> 4
                | codes[l + QUARTER] >> 4 << 2
                | codes[l + 2 * QUARTER] >> 4 << 4
                | codes[l + 3 * QUARTER] >> 4 << 6;
        LittleEndian.putByte(target, block + QH_OFFSET + half * QUARTER + l - first, bits);
      }
    }
  }
}
