package io.quant4j.core.format;

import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Points of a codebook for 4 elements each, with a 4-bit scale per 32, 3.0625 bits per weight.
 * Upstream: {@code block_iq3_xxs}, {@code GGML_TYPE_IQ3_XXS}.
 *
 * <table>
 * <caption>Block of 256 elements, 98 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code d}, scale of the scales, binary16</td></tr>
 * <tr><td>2</td><td>64</td><td>{@code qs}, byte k: index of the point of elements 4k to 4k +
 *     3</td></tr>
 * <tr><td>66</td><td>32</td><td>{@code scales_and_signs}, 32-bit integer g (g = 0 to 7): signs of
 *     elements 32g + 8j to 32g + 8j + 7 in bits 7j to 7j + 6 (j = 0 to 3), scale g in bits 28 to
 *     31</td></tr>
 * </table>
 *
 * <p>Signs as in {@link IQ2_XXS}. {@code x[i] = d * (0.5 + scale[i / 32]) / 2 * sign[i] * point[i /
 * 4][i % 4]} with the points of {@link Codebook#IQ3_XXS}. Example: d = 0.5, {@code qs[0]} = {@code
 * 01}, {@code scales_and_signs} = {@code 01 00 00 10 ...}: point 1 is (20, 4, 4, 4), elements 0 and
 * 7 are negative, and element 0 is 0.5 * 1.5 / 2 * -20 = -7.5.
 *
 * <p>Encoding ({@code quantize_row_iq3_xxs_impl}): {@link CodebookBlock} with the neighbours at the
 * two smallest distances; without importance the weight of an element is x^2. What comes out as d
 * is stored times 1.0125.
 */
public final class IQ3_XXS implements CodebookFormat {
  public static final int BLOCK_ELEMENTS = 256;
  public static final int BLOCK_BYTES = 98;
  public static final int D_OFFSET = 0;
  public static final int QS_OFFSET = 2;
  public static final int SCALES_AND_SIGNS_OFFSET = 66;

  /** Elements that share a scale. */
  public static final int GROUP_ELEMENTS = 32;

  private static final int GROUPS = BLOCK_ELEMENTS / GROUP_ELEMENTS;
  private static final int VECTOR = 4;
  private static final int VECTORS = BLOCK_ELEMENTS / VECTOR;
  private static final int GROUP_SIGNS = 4;

  /** Makes up for scales that come out too small on average; upstream's figure. */
  private static final float CORRECTION = 1.0125f;

  private static final FormatId ID = new FormatId("IQ3_XXS");

  /** For the service loader and for direct use. */
  public IQ3_XXS() {}

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
      int g = k * VECTOR / GROUP_ELEMENTS;
      int scaleAndSigns = source.get(LittleEndian.INT, block + SCALES_AND_SIGNS_OFFSET + 4 * g);
      float scale = d * (0.5f + (scaleAndSigns >>> 28)) * 0.5f;
      int signs = EvenSigns.mask(scaleAndSigns >> 7 * (k / 2 % GROUP_SIGNS) & 0x7f);
      int point = LittleEndian.unsignedByte(source, block + QS_OFFSET + k);
      int ofVector = signs >> VECTOR * (k % 2);
      Codebook.IQ3_XXS.decode(point, scale, ofVector, target, out + k * VECTOR);
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
      int scaleAndSigns = fit.scaleCodes[g] << 28;
      for (int j = 0; j < GROUP_SIGNS; j++) {
        scaleAndSigns |= EvenSigns.stored(fit.signs[GROUP_SIGNS * g + j]) << 7 * j;
      }
      target.set(LittleEndian.INT, block + SCALES_AND_SIGNS_OFFSET + 4 * g, scaleAndSigns);
    }
  }

  /** Made at the first encoding. */
  private static final class Encoding {
    static final CodebookRule RULE =
        new CodebookRule(
            new CodebookNeighbours(Codebook.IQ3_XXS, 2),
            GROUP_ELEMENTS,
            true,
            2,
            0,
            1e-8f,
            15,
            0.2f,
            CodebookRule.Start.LARGEST,
            CodebookRule.Second.OTHERS);
  }
}
