package io.quant4j.core.format;

import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Points of a codebook for 8 elements each, with a 4-bit scale per 32, 2.0625 bits per weight.
 * Upstream: {@code block_iq2_xxs}, {@code GGML_TYPE_IQ2_XXS}.
 *
 * <table>
 * <caption>Block of 256 elements, 66 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code d}, scale of the scales, binary16</td></tr>
 * <tr><td>2</td><td>64</td><td>{@code qs}, 8 bytes per group g of 32 elements: byte 8g + k (k = 0 to
 *     3) is the index of the point of elements 32g + 8k to 32g + 8k + 7; the 32-bit integer at 8g +
 *     4 holds the signs of the same elements in bits 7k to 7k + 6 and the scale in bits 28 to
 *     31</td></tr>
 * </table>
 *
 * <p>Bit j of the 7 bits of signs says that element j of the 8 is negative; the eighth is negative
 * if that makes the number of negative ones even. {@code x[i] = d * (0.5 + scale[i / 32]) / 4 *
 * sign[i] * point[i / 8][i % 8]} with the points of {@link Codebook#IQ2_XXS}. Example: d = 0.5,
 * {@code qs} = {@code 01 00 00 00 01 00 00 00 ...}: point 1 is (43, 8, 8, ...), elements 0 and 7
 * are negative, and element 0 is 0.5 * 0.5 / 4 * -43 = -2.6875.
 *
 * <p>Encoding ({@code quantize_row_iq2_xxs_impl}): {@link CodebookBlock}, from the scale that
 * {@link PositiveScaleSearch} finds for each group, with the neighbours at the two smallest
 * distances; d is stored as it comes out. It needs importance.
 */
public final class IQ2_XXS implements CodebookFormat {
  public static final int BLOCK_ELEMENTS = 256;
  public static final int BLOCK_BYTES = 66;
  public static final int D_OFFSET = 0;
  public static final int QS_OFFSET = 2;

  /** Elements that share a scale. */
  public static final int GROUP_ELEMENTS = 32;

  /** Bytes of a group: its points, then signs and scale. */
  public static final int GROUP_BYTES = 8;

  private static final int GROUPS = BLOCK_ELEMENTS / GROUP_ELEMENTS;
  private static final int VECTOR = 8;
  private static final int GROUP_VECTORS = GROUP_ELEMENTS / VECTOR;

  private static final FormatId ID = new FormatId("IQ2_XXS");

  /** For the service loader and for direct use. */
  public IQ2_XXS() {}

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
      long group = block + QS_OFFSET + g * GROUP_BYTES;
      int signsAndScale = source.get(LittleEndian.INT, group + GROUP_VECTORS);
      float scale = d * (0.5f + (signsAndScale >>> 28)) * 0.25f;
      for (int k = 0; k < GROUP_VECTORS; k++) {
        int point = LittleEndian.unsignedByte(source, group + k);
        int signs = EvenSigns.mask(signsAndScale >> 7 * k & 0x7f);
        int first = out + g * GROUP_ELEMENTS + k * VECTOR;
        Codebook.IQ2_XXS.decode(point, scale, signs, target, first);
      }
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
    float[] weights = Blocks.requireImportance(this, importance);
    CodebookBlock fit = new CodebookBlock(Encoding.RULE, search);
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

  private static void putBlock(CodebookBlock fit, MemorySegment target, long block) {
    LittleEndian.putHalf(target, block + D_OFFSET, fit.d);
    for (int g = 0; g < GROUPS; g++) {
      long group = block + QS_OFFSET + g * GROUP_BYTES;
      int signsAndScale = fit.scaleCodes[g] << 28;
      for (int k = 0; k < GROUP_VECTORS; k++) {
        int vector = g * GROUP_VECTORS + k;
        LittleEndian.putByte(target, group + k, fit.points[vector]);
        signsAndScale |= EvenSigns.stored(fit.signs[vector]) << 7 * k;
      }
      target.set(LittleEndian.INT, group + GROUP_VECTORS, signsAndScale);
    }
  }

  /** Made at the first encoding. */
  private static final class Encoding {
    static final CodebookRule RULE =
        new CodebookRule(
            new CodebookNeighbours(Codebook.IQ2_XXS, 2),
            GROUP_ELEMENTS,
            true,
            1,
            0,
            SymmetricSearch.NEGLIGIBLE,
            6,
            0.1f,
            CodebookRule.Start.SEARCH,
            CodebookRule.Second.ALL);
  }
}
