package io.quant4j.core.format;

import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Points of a codebook for 8 elements each, raised or lowered one by one, with a 3-bit scale per
 * 16, 1.75 bits per weight. Upstream: {@code block_iq1_m}, {@code GGML_TYPE_IQ1_M}.
 *
 * <table>
 * <caption>Block of 256 elements, 56 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>32</td><td>{@code qs}, byte k: lower eight bits of the index of the point of
 *     elements 8k to 8k + 7</td></tr>
 * <tr><td>32</td><td>16</td><td>{@code qh}, byte j: upper three bits of index 2j in bits 0-2, of
 *     index 2j + 1 in bits 4-6; bits 3 and 7 are set where the point is lowered</td></tr>
 * <tr><td>48</td><td>8</td><td>{@code scales}, 16-bit integer j (j = 0 to 3): scale 4j + g in bits 3g
 *     to 3g + 2 (g = 0 to 3); bits 12 to 15 are bits 4j to 4j + 3 of {@code d}, scale of the scales,
 *     binary16</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * (2 * scale[i / 16] + 1) * (point[i / 8][i % 8] + shift[i / 8])} with the
 * points of {@link Codebook#IQ1_S}, of -1, 0 and 1, and shift = -0.125 where lowered, otherwise
 * 0.125. Example: {@code qs[0]} = {@code 01}, {@code qh[0]} = {@code 09} and {@code scales} =
 * {@code 01 00 00 00 00 80 00 30}: d = 0.5, scale 0 is 1, the index is 257, point 257 is (1, 0, 1,
 * 0, 1, -1, 0, -1), and element 0 is 0.5 * 3 * (1 - 0.125) = 1.3125.
 *
 * <p>Encoding ({@code quantize_row_iq1_m_impl}): {@link TernaryBlock} with {@link TwoShiftsSplit};
 * then d is fitted to the whole block, and stored times 1.1125.
 */
public final class IQ1_M implements TernaryFormat {
  public static final int BLOCK_ELEMENTS = 256;
  public static final int BLOCK_BYTES = 56;
  public static final int QS_OFFSET = 0;
  public static final int QH_OFFSET = 32;
  public static final int SCALES_OFFSET = 48;

  /** Elements that share a scale. */
  public static final int GROUP_ELEMENTS = 16;

  /** What points are raised or lowered by. */
  public static final float SHIFT = TernarySearch.SHIFT;

  private static final int GROUPS = BLOCK_ELEMENTS / GROUP_ELEMENTS;
  private static final int VECTOR = 8;
  private static final int VECTORS = BLOCK_ELEMENTS / VECTOR;
  private static final int SCALE_WORDS = 4;

  /** A group whose magnitudes are all below it is stored with scale 0; upstream's figure. */
  private static final float NEGLIGIBLE = 1e-7f;

  /** Makes up for scales that come out too small on average; upstream's figure. */
  private static final float CORRECTION = 1.1125f;

  private static final FormatId ID = new FormatId("IQ1_M");

  /** For the service loader and for direct use. */
  public IQ1_M() {}

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
    for (long b = 0; b < blocks; b++) {
      if (!Float.isFinite(d(source, byteOffset + b * BLOCK_BYTES))) {
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
    float d = d(source, block);
    for (int k = 0; k < VECTORS; k++) {
      int g = k / 2;
      int scales = source.get(LittleEndian.SHORT, block + SCALES_OFFSET + 2 * (g / 4));
      float scale = d * (2 * (scales >> 3 * (g % 4) & 7) + 1);
      int high = LittleEndian.unsignedByte(source, block + QH_OFFSET + g) >> 4 * (k % 2);
      int point = LittleEndian.unsignedByte(source, block + QS_OFFSET + k) | (high & 7) << 8;
      float shift = (high & 8) == 0 ? SHIFT : -SHIFT;
      for (int i = 0; i < VECTOR; i++) {
        target[out + k * VECTOR + i] = scale * (Codebook.IQ1_S.value(point, i) + shift);
      }
    }
  }

  /** Scale of the scales of the block at this offset. */
  public static float d(MemorySegment source, long block) {
    int bits = 0;
    for (int j = 0; j < SCALE_WORDS; j++) {
      int word = source.get(LittleEndian.SHORT, block + SCALES_OFFSET + 2 * j) & 0xffff;
      bits |= word >> 12 << 4 * j;
    }
    return Float.float16ToFloat((short) bits);
  }

  @Override
  public TernarySearch search(TernarySplit split, NeighbourChoice neighbours) {
    return new TernarySearch(GROUP_ELEMENTS, NEGLIGIBLE, split, neighbours);
  }

  @Override
  public TernarySplit split() {
    return new TwoShiftsSplit();
  }

  @Override
  public void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset,
      TernarySearch search) {
    int blocks = Blocks.count(this, cols);
    TernaryBlock fit = new TernaryBlock(GROUP_ELEMENTS, search);
    for (int b = 0; b < blocks; b++) {
      int column = b * BLOCK_ELEMENTS;
      int from = rowOffset + column;
      long block = byteOffset + (long) b * BLOCK_BYTES;
      if (fit.fit(row, from, importance, column)) {
        putPoints(fit, target, block);
        putScales(fit.scaleCodes, fit.refittedD(row, from) * CORRECTION, target, block);
      } else {
        target.asSlice(block, BLOCK_BYTES).fill((byte) 0);
        putScales(new int[GROUPS], Float.NaN, target, block);
      }
    }
  }

  private static void putPoints(TernaryBlock fit, MemorySegment target, long block) {
    for (int k = 0; k < VECTORS; k++) {
      LittleEndian.putByte(target, block + QS_OFFSET + k, fit.points[k]);
    }
    for (int g = 0; g < GROUPS; g++) {
      int high = fit.points[2 * g] >> 8 | fit.points[2 * g + 1] >> 8 << 4;
      int lowered = (fit.lowered[g] & 1) << 3 | fit.lowered[g] >> 1 << 7;
      LittleEndian.putByte(target, block + QH_OFFSET + g, high | lowered);
    }
  }

  private static void putScales(int[] codes, float d, MemorySegment target, long block) {
    int bits = Float.floatToFloat16(d);
    for (int j = 0; j < SCALE_WORDS; j++) {
      int word = (bits >> 4 * j & 15) << 12;
      for (int g = 0; g < 4; g++) {
        word |= codes[4 * j + g] << 3 * g;
      }
      target.set(LittleEndian.SHORT, block + SCALES_OFFSET + 2 * j, (short) word);
    }
  }
}
