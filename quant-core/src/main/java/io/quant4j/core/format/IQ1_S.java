package io.quant4j.core.format;

import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Points of a codebook for 8 elements each, raised or lowered, with a 3-bit scale per 32, 1.5625
 * bits per weight. Upstream: {@code block_iq1_s}, {@code GGML_TYPE_IQ1_S}.
 *
 * <table>
 * <caption>Block of 256 elements, 50 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code d}, scale of the scales, binary16</td></tr>
 * <tr><td>2</td><td>32</td><td>{@code qs}, byte k: lower eight bits of the index of the point of
 *     elements 8k to 8k + 7</td></tr>
 * <tr><td>34</td><td>16</td><td>{@code qh}, 16-bit integer g (g = 0 to 7): upper three bits of index
 *     4g + j in bits 3j to 3j + 2 (j = 0 to 3), scale g in bits 12 to 14, bit 15 set where the group
 *     is lowered</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * (2 * scale[i / 32] + 1) * (point[i / 8][i % 8] + shift[i / 32])} with the
 * points of {@link Codebook#IQ1_S}, of -1, 0 and 1, and shift = -0.125 where lowered, otherwise
 * 0.125. Example: d = 0.5, {@code qs[0]} = {@code 01} and {@code qh} = {@code 01 90 ...}: the index
 * is 257, point 257 is (1, 0, 1, 0, 1, -1, 0, -1), scale 0 is 1, and element 0 is 0.5 * 3 * (1 -
 * 0.125) = 1.3125.
 *
 * <p>Encoding ({@code quantize_row_iq1_s_impl}): {@link TernaryBlock} with {@link
 * CommonShiftSplit}. What comes out as d is stored times 1.125. It needs importance.
 */
public final class IQ1_S implements TernaryFormat {
  public static final int BLOCK_ELEMENTS = 256;
  public static final int BLOCK_BYTES = 50;
  public static final int D_OFFSET = 0;
  public static final int QS_OFFSET = 2;
  public static final int QH_OFFSET = 34;

  /** Elements that share a scale. */
  public static final int GROUP_ELEMENTS = 32;

  /** What points are raised or lowered by. */
  public static final float SHIFT = TernarySearch.SHIFT;

  private static final int GROUPS = BLOCK_ELEMENTS / GROUP_ELEMENTS;
  private static final int VECTOR = 8;
  private static final int GROUP_VECTORS = GROUP_ELEMENTS / VECTOR;
  private static final int LOWERED = 0x8000;

  /** A group whose magnitudes are all below it is stored with scale 0; upstream's figure. */
  private static final float NEGLIGIBLE = 1e-12f;

  /** Makes up for scales that come out too small on average; upstream's figure. */
  private static final float CORRECTION = 1.125f;

  private static final FormatId ID = new FormatId("IQ1_S");

  /** For the service loader and for direct use. */
  public IQ1_S() {}

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
  public boolean requiresImportance() {
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
    for (int g = 0; g < GROUPS; g++) {
      int bits = source.get(LittleEndian.SHORT, block + QH_OFFSET + 2 * g);
      float scale = d * (2 * (bits >> 12 & 7) + 1);
      float shift = (bits & LOWERED) == 0 ? SHIFT : -SHIFT;
      for (int j = 0; j < GROUP_VECTORS; j++) {
        int k = g * GROUP_VECTORS + j;
        int low = LittleEndian.unsignedByte(source, block + QS_OFFSET + k);
        int point = low | (bits >> 3 * j & 7) << 8;
        for (int i = 0; i < VECTOR; i++) {
          target[out + k * VECTOR + i] = scale * (Codebook.IQ1_S.value(point, i) + shift);
        }
      }
    }
  }

  @Override
  public TernarySearch search(TernarySplit split, NeighbourChoice neighbours) {
    return new TernarySearch(GROUP_ELEMENTS, NEGLIGIBLE, split, neighbours);
  }

  @Override
  public TernarySplit split() {
    return new CommonShiftSplit(GROUP_ELEMENTS);
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
    float[] weights = Blocks.requireImportance(this, importance);
    TernaryBlock fit = new TernaryBlock(GROUP_ELEMENTS, search);
    for (int b = 0; b < blocks; b++) {
      int column = b * BLOCK_ELEMENTS;
      long block = byteOffset + (long) b * BLOCK_BYTES;
      if (fit.fit(row, rowOffset + column, weights, column)) {
        putBlock(fit, target, block);
      } else {
        Blocks.putNotANumber(target, block, BLOCK_BYTES, D_OFFSET);
      }
    }
  }

  private static void putBlock(TernaryBlock fit, MemorySegment target, long block) {
    LittleEndian.putHalf(target, block + D_OFFSET, fit.d * CORRECTION);
    for (int g = 0; g < GROUPS; g++) {
      int bits = fit.scaleCodes[g] << 12 | (fit.lowered[g] == 0 ? 0 : LOWERED);
      for (int j = 0; j < GROUP_VECTORS; j++) {
        int k = g * GROUP_VECTORS + j;
        LittleEndian.putByte(target, block + QS_OFFSET + k, fit.points[k]);
        bits |= fit.points[k] >> 8 << 3 * j;
      }
      target.set(LittleEndian.SHORT, block + QH_OFFSET + 2 * g, (short) bits);
    }
  }
}
