package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * 3-bit codes with a 6-bit scale per 16 elements, 3.4375 bits per weight. Upstream: {@code
 * block_q3_K}, {@code GGML_TYPE_Q3_K}.
 *
 * <table>
 * <caption>Block of 256 elements, 110 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>32</td><td>{@code hmask}, bit s of byte l: upper bit of the code of element 32s
 *     + l</td></tr>
 * <tr><td>32</td><td>64</td><td>{@code qs}, byte 32h + l (h = 0 to 1, l = 0 to 31): lower two bits
 *     of the codes of elements 128h + l, 128h + 32 + l, 128h + 64 + l, 128h + 96 + l in bits 0-1,
 *     2-3, 4-5, 6-7</td></tr>
 * <tr><td>96</td><td>12</td><td>{@code scales}: the lower four bits of scale k are bits 0-3 of byte
 *     k for k = 0 to 7, bits 4-7 of byte k - 8 for k = 8 to 15; its upper two bits are bits 2j and
 *     2j + 1 of byte 8 + k % 4, j = k / 4</td></tr>
 * <tr><td>108</td><td>2</td><td>{@code d}, scale of the scales, binary16, of either sign</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * (scale[i / 16] - 32) * (code[i] - 4)}. Example: d = -0.5, {@code scales} =
 * {@code 01 00 00 00 00 00 00 00 02 ...}, {@code qs[0]} = {@code 03} and {@code hmask[0]} = {@code
 * 01}: scale 0 is 33, the code of element 0 is 7, and element 0 is -0.5 * 1 * 3 = -1.5.
 *
 * <p>Encoding without importance ({@code quantize_row_q3_K_ref}): {@link CoordinateSearch} gives
 * each group a scale; the one of largest magnitude becomes -32 and d follows. With importance
 * ({@code quantize_row_q3_K_impl}): {@link SymmetricSearch} for each group, with weights importance
 * * sqrt(2 * mean of x^2 over the block + x^2), and once more for the 16 scales, weighing each with
 * the sum of its group's weights. Codes are then the nearest with the stored numbers.
 */
public final class Q3_K implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 256;
  public static final int BLOCK_BYTES = 110;
  public static final int HMASK_OFFSET = 0;
  public static final int QS_OFFSET = 32;
  public static final int SCALES_OFFSET = 96;
  public static final int D_OFFSET = 108;

  /** Elements that share a scale. */
  public static final int GROUP_ELEMENTS = 16;

  /** Code of 0. */
  public static final int ZERO_CODE = 4;

  /** Stored scale that stands for 0. */
  public static final int ZERO_SCALE = 32;

  private static final int GROUPS = BLOCK_ELEMENTS / GROUP_ELEMENTS;
  private static final int MASK_BYTES = 32;

  private static final FormatId ID = new FormatId("Q3_K");

  /** For the service loader and for direct use. */
  public Q3_K() {}

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
    for (int i = 0; i < BLOCK_ELEMENTS; i++) {
      float scale = d * (scale(source, block, i / GROUP_ELEMENTS) - ZERO_SCALE);
      int mask = LittleEndian.unsignedByte(source, block + HMASK_OFFSET + i % MASK_BYTES);
      int upper = mask >> i / MASK_BYTES & 1;
      int code = upper << 2 | TwoBitCodes.at(source, block + QS_OFFSET, i);
      target[out + i] = scale * (code - ZERO_CODE);
    }
  }

  /** Scale of group k as stored, 0 to 63. */
  private static int scale(MemorySegment source, long block, int k) {
    long scales = block + SCALES_OFFSET;
    int low = LittleEndian.unsignedByte(source, scales + k % 8) >> 4 * (k / 8) & 15;
    int high = LittleEndian.unsignedByte(source, scales + 8 + k % 4) >> 2 * (k / 4) & 3;
    return high << 4 | low;
  }

  /**
   * Packs the 16 stored scales of a block.
   *
   * @param scales 0 to 63 each
   * @param offset of the 12 bytes
   */
  public static void putScales(byte[] scales, MemorySegment target, long offset) {
    for (int k = 0; k < 8; k++) {
      LittleEndian.putByte(target, offset + k, scales[k] & 15 | scales[k + 8] << 4);
    }
    for (int k = 0; k < 4; k++) {
      int bits = 0;
      for (int j = 0; j < 4; j++) {
        bits |= scales[4 * j + k] >> 4 << 2 * j;
      }
      LittleEndian.putByte(target, offset + 8 + k, bits);
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
    Fit fit = new Fit();
    for (int b = 0; b < blocks; b++) {
      int column = b * BLOCK_ELEMENTS;
      long block = byteOffset + (long) b * BLOCK_BYTES;
      if (!fit.fit(row, rowOffset + column, importance, column)) {
        Blocks.putNotANumber(target, block, BLOCK_BYTES, D_OFFSET);
        continue;
      }
      float d = LittleEndian.putHalf(target, block + D_OFFSET, fit.d);
      putScales(fit.scaleCodes, target, block + SCALES_OFFSET);
      fit.requantize(row, rowOffset + column, d);
      putUpperBits(fit.codes, target, block + HMASK_OFFSET);
      TwoBitCodes.put(fit.codes, target, block + QS_OFFSET);
    }
  }

  private static void putUpperBits(byte[] codes, MemorySegment target, long offset) {
    for (int l = 0; l < MASK_BYTES; l++) {
      int bits = 0;
      for (int s = 0; s < BLOCK_ELEMENTS / MASK_BYTES; s++) {
        bits |= codes[s * MASK_BYTES + l] >> 2 << s;
      }
      LittleEndian.putByte(target, offset + l, bits);
    }
  }

  /** Numbers of one block being encoded. */
  private static final class Fit {
    final byte[] codes = new byte[BLOCK_ELEMENTS];
    final byte[] scaleCodes = new byte[GROUPS];
    float d;
    private final CoordinateSearch plainSearch = new CoordinateSearch(GROUP_ELEMENTS, ZERO_CODE);
    private final float[] scales = new float[GROUPS];
    private final float[] weights = new float[GROUP_ELEMENTS];
    private final float[] weightSums = new float[GROUPS];

    /** Finds d, scales and first codes; returns whether elements and scales are finite. */
    boolean fit(float[] x, int from, float @Nullable [] importance, int column) {
      if (!Blocks.finite(x, from, BLOCK_ELEMENTS)) {
        return false;
      }
      if (importance == null) {
        fitGroups(x, from);
      } else {
        fitGroups(x, from, importance, column);
      }
      return Blocks.finite(scales, 0, GROUPS);
    }

    private void fitGroups(float[] x, int from) {
      for (int s = 0; s < GROUPS; s++) {
        int start = s * GROUP_ELEMENTS;
        scales[s] = plainSearch.fit(x, from + start, codes, start);
      }
      float largest = Blocks.signedLargest(scales, 0, GROUPS);
      float inverse = largest == 0 ? 0 : -ZERO_SCALE / largest;
      d = largest == 0 ? 0 : 1 / inverse;
      for (int s = 0; s < GROUPS; s++) {
        int scale = Math.clamp(Rounding.nearest(inverse * scales[s]), -ZERO_SCALE, ZERO_SCALE - 1);
        scaleCodes[s] = (byte) (largest == 0 ? 0 : scale + ZERO_SCALE);
      }
    }

    private void fitGroups(float[] x, int from, float[] importance, int column) {
      float base = ErrorWeights.meanSquare(x, from, BLOCK_ELEMENTS, 2);
      for (int s = 0; s < GROUPS; s++) {
        int start = s * GROUP_ELEMENTS;
        weightSums[s] =
            ErrorWeights.fill(x, from + start, importance, column + start, base, weights);
        scales[s] =
            SymmetricSearch.fit(
                x, from + start, GROUP_ELEMENTS, ZERO_CODE, weights, 0, codes, start);
      }
      d = SymmetricSearch.fit(scales, 0, GROUPS, ZERO_SCALE, weightSums, 0, scaleCodes, 0);
    }

    /** Takes the nearest codes once more, with the scales as stored. */
    void requantize(float[] x, int from, float storedD) {
      for (int s = 0; s < GROUPS; s++) {
        float scale = storedD * (scaleCodes[s] - ZERO_SCALE);
        if (scale == 0) {
          continue; // the codes do not matter; upstream leaves what the search found
        }
        for (int i = s * GROUP_ELEMENTS; i < (s + 1) * GROUP_ELEMENTS; i++) {
          int code = Rounding.nearest(x[from + i] / scale);
          codes[i] = (byte) (Math.clamp(code, -ZERO_CODE, ZERO_CODE - 1) + ZERO_CODE);
        }
      }
    }
  }

  /**
   * Stores one block.
   *
   * @param d bits of the scale of the scales
   * @param scales (16), 0 to 63
   * @param codes (256), 0 to 7
   */
  public static void putBlock(
      short d, byte[] scales, byte[] codes, MemorySegment target, long block) {
    target.set(LittleEndian.SHORT, block + D_OFFSET, d);
    putScales(scales, target, block + SCALES_OFFSET);
    putUpperBits(codes, target, block + HMASK_OFFSET);
    TwoBitCodes.put(codes, target, block + QS_OFFSET);
  }
}
