package io.quant4j.core.format;

import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Points of a codebook for 4 elements each, with a 4-bit scale per 32 and a sign per element,
 * 3.4375 bits per weight. Upstream: {@code block_iq3_s}, {@code GGML_TYPE_IQ3_S}.
 *
 * <table>
 * <caption>Block of 256 elements, 110 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code d}, scale of the scales, binary16</td></tr>
 * <tr><td>2</td><td>64</td><td>{@code qs}, byte k: lower eight bits of the index of the point of
 *     elements 4k to 4k + 3</td></tr>
 * <tr><td>66</td><td>8</td><td>{@code qh}, bit j of byte g: ninth bit of index 8g + j</td></tr>
 * <tr><td>74</td><td>32</td><td>{@code signs}, bit j of byte k: element 8k + j is negative</td></tr>
 * <tr><td>106</td><td>4</td><td>{@code scales}, byte j: scale 2j in bits 0-3, scale 2j + 1 in bits
 *     4-7</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * (1 + 2 * scale[i / 32]) * sign[i] * point[i / 4][i % 4]} with the points of
 * {@link Codebook#IQ3_S}. Example: d = 0.5, {@code qs[0]} = {@code 01}, {@code qh[0]} = {@code 01},
 * {@code signs[0]} = {@code 01} and {@code scales[0]} = {@code 01}: the index is 257, point 257 is
 * (5, 7, 9, 5), and element 0 is 0.5 * 3 * -5 = -7.5.
 *
 * <p>Encoding ({@code quantize_row_iq3_s_impl}): {@link CodebookBlock} with the neighbours at the
 * three smallest distances; without importance the weight of an element is x^2. What comes out as d
 * is stored times 1.033.
 */
public final class IQ3_S implements CodebookFormat {
  public static final int BLOCK_ELEMENTS = 256;
  public static final int BLOCK_BYTES = 110;
  public static final int D_OFFSET = 0;
  public static final int QS_OFFSET = 2;
  public static final int QH_OFFSET = 66;
  public static final int SIGNS_OFFSET = 74;
  public static final int SCALES_OFFSET = 106;

  /** Elements that share a scale. */
  public static final int GROUP_ELEMENTS = 32;

  private static final int GROUPS = BLOCK_ELEMENTS / GROUP_ELEMENTS;
  private static final int VECTOR = 4;
  private static final int VECTORS = BLOCK_ELEMENTS / VECTOR;
  private static final int GROUP_VECTORS = GROUP_ELEMENTS / VECTOR;

  /** Makes up for scales that come out too small on average; upstream's figure. */
  private static final float CORRECTION = 1.033f;

  private static final FormatId ID = new FormatId("IQ3_S");

  /** For the service loader and for direct use. */
  public IQ3_S() {}

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
      int g = k / GROUP_VECTORS;
      int pair = LittleEndian.unsignedByte(source, block + SCALES_OFFSET + g / 2);
      float scale = d * (1 + 2 * (pair >> 4 * (g % 2) & 15));
      int high = LittleEndian.unsignedByte(source, block + QH_OFFSET + g) >> k % GROUP_VECTORS & 1;
      int point = LittleEndian.unsignedByte(source, block + QS_OFFSET + k) | high << 8;
      int signs = LittleEndian.unsignedByte(source, block + SIGNS_OFFSET + k / 2);
      int ofVector = signs >> VECTOR * (k % 2);
      Codebook.IQ3_S.decode(point, scale, ofVector, target, out + k * VECTOR);
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
    }
    for (int g = 0; g < GROUPS; g++) {
      int high = 0;
      for (int j = 0; j < GROUP_VECTORS; j++) {
        high |= fit.points[GROUP_VECTORS * g + j] >> 8 << j;
      }
      LittleEndian.putByte(target, block + QH_OFFSET + g, high);
    }
    for (int k = 0; k < fit.signs.length; k++) {
      LittleEndian.putByte(target, block + SIGNS_OFFSET + k, fit.signs[k]);
    }
    for (int g = 0; g < GROUPS; g += 2) {
      int pair = fit.scaleCodes[g] | fit.scaleCodes[g + 1] << 4;
      LittleEndian.putByte(target, block + SCALES_OFFSET + g / 2, pair);
    }
  }

  /** Made at the first encoding. */
  private static final class Encoding {
    static final CodebookRule RULE =
        new CodebookRule(
            new CodebookNeighbours(Codebook.IQ3_S, 3),
            GROUP_ELEMENTS,
            false,
            2,
            0,
            Float.MIN_VALUE,
            9,
            0.2f,
            CodebookRule.Start.LARGEST,
            CodebookRule.Second.ALL_IF_OTHERS);
  }
}
