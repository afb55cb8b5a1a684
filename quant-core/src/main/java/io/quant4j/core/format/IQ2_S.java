package io.quant4j.core.format;

import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Points of a codebook for 8 elements each, with a 4-bit scale per 16 and a sign per element,
 * 2.5625 bits per weight. Upstream: {@code block_iq2_s}, {@code GGML_TYPE_IQ2_S}.
 *
 * <table>
 * <caption>Block of 256 elements, 82 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code d}, scale of the scales, binary16</td></tr>
 * <tr><td>2</td><td>32</td><td>{@code qs}, byte k: lower eight bits of the index of the point of
 *     elements 8k to 8k + 7</td></tr>
 * <tr><td>34</td><td>32</td><td>{@code signs}, bit j of byte k: element 8k + j is negative</td></tr>
 * <tr><td>66</td><td>8</td><td>{@code qh}, bits 2j and 2j + 1 of byte g (j = 0 to 3): upper two bits
 *     of index 4g + j</td></tr>
 * <tr><td>74</td><td>8</td><td>{@code scales}, byte j: scale 2j in bits 0-3, scale 2j + 1 in bits
 *     4-7</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * (0.5 + scale[i / 16]) / 4 * sign[i] * point[i / 8][i % 8]} with the points
 * of {@link Codebook#IQ2_S}. Example: d = 0.5, {@code qs[0]} = {@code 01}, {@code signs[0]} =
 * {@code 01}, {@code qh[0]} = {@code 01} and {@code scales[0]} = {@code 01}: the index is 257,
 * point 257 is (8, 43, 25, 25, 25, 8, 25, 8), and element 0 is 0.5 * 1.5 / 4 * -8 = -1.5.
 *
 * <p>Encoding ({@code quantize_row_iq2_s_impl}): {@link CodebookBlock} with the neighbours at the
 * smallest distance; without importance the weight of an element is x^2 plus half the mean of x^2
 * over the block. What comes out as d is stored times 0.9875.
 */
public final class IQ2_S implements CodebookFormat {
  public static final int BLOCK_ELEMENTS = 256;
  public static final int BLOCK_BYTES = 82;
  public static final int D_OFFSET = 0;
  public static final int QS_OFFSET = 2;
  public static final int SIGNS_OFFSET = 34;
  public static final int QH_OFFSET = 66;
  public static final int SCALES_OFFSET = 74;

  /** Elements that share a scale. */
  public static final int GROUP_ELEMENTS = 16;

  private static final int GROUPS = BLOCK_ELEMENTS / GROUP_ELEMENTS;
  private static final int VECTOR = 8;
  private static final int VECTORS = BLOCK_ELEMENTS / VECTOR;

  /** Makes up for scales that come out too large on average; upstream's figure. */
  private static final float CORRECTION = 0.9875f;

  private static final FormatId ID = new FormatId("IQ2_S");

  /** For the service loader and for direct use. */
  public IQ2_S() {}

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
    for (int k = 0; k < VECTORS; k++) {
      int pair = LittleEndian.unsignedByte(source, block + SCALES_OFFSET + k / 4);
      float scale = d * (0.5f + (pair >> 4 * (k / 2 % 2) & 15)) * 0.25f;
      int high = LittleEndian.unsignedByte(source, block + QH_OFFSET + k / 4) >> 2 * (k % 4) & 3;
      int point = LittleEndian.unsignedByte(source, block + QS_OFFSET + k) | high << 8;
      int signs = LittleEndian.unsignedByte(source, block + SIGNS_OFFSET + k);
      Codebook.IQ2_S.decode(point, scale, signs, target, out + k * VECTOR);
    }
  }

  @Override
  public CodebookRule rule() {
    return Encoding.RULE;
  }

  @Override
  public void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset,
      GroupSearch search) {
    int blocks = Blocks.count(this, cols);
    CodebookBlock fit = new CodebookBlock(Encoding.RULE, search);
    for (int b = 0; b < blocks; b++) {
      int column = b * BLOCK_ELEMENTS;
      long block = byteOffset + (long) b * BLOCK_BYTES;
      if (fit.fit(row, rowOffset + column, importance, column)) {
        putBlock(fit, target, block);
      } else {
        Blocks.putNotANumber(target, block, BLOCK_BYTES, D_OFFSET);
      }
    }
  }

  private static void putBlock(CodebookBlock fit, MemorySegment target, long block) {
    LittleEndian.putHalf(target, block + D_OFFSET, fit.d * CORRECTION);
    for (int k = 0; k < VECTORS; k++) {
      LittleEndian.putByte(target, block + QS_OFFSET + k, fit.points[k]);
      LittleEndian.putByte(target, block + SIGNS_OFFSET + k, fit.signs[k]);
    }
    for (int g = 0; g < GROUPS; g += 2) {
      int high = 0;
      for (int j = 0; j < 4; j++) {
        high |= fit.points[2 * g + j] >> 8 << 2 * j;
      }
      LittleEndian.putByte(target, block + QH_OFFSET + g / 2, high);
      int pair = fit.scaleCodes[g] | fit.scaleCodes[g + 1] << 4;
      LittleEndian.putByte(target, block + SCALES_OFFSET + g / 2, pair);
    }
  }

  /** Made at the first encoding. */
  private static final class Encoding {
    static final CodebookRule RULE =
        new CodebookRule(
            new CodebookNeighbours(Codebook.IQ2_S, 1),
            GROUP_ELEMENTS,
            false,
            2,
            0.25f,
            1e-8f,
            9,
            0.1f,
            CodebookRule.Start.LARGEST,
            CodebookRule.Second.OTHERS);
  }
}
