package io.quant4j.core.format;

import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Points of a codebook for 8 elements each, with a 4-bit scale per 16, 2.3125 bits per weight.
 * Upstream: {@code block_iq2_xs}, {@code GGML_TYPE_IQ2_XS}.
 *
 * <table>
 * <caption>Block of 256 elements, 74 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code d}, scale of the scales, binary16</td></tr>
 * <tr><td>2</td><td>64</td><td>{@code qs}, 16-bit integer k (k = 0 to 31): index of the point of
 *     elements 8k to 8k + 7 in bits 0-8, their signs in bits 9-15</td></tr>
 * <tr><td>66</td><td>8</td><td>{@code scales}, byte j: scale 2j in bits 0-3, scale 2j + 1 in bits
 *     4-7</td></tr>
 * </table>
 *
 * <p>Signs as in {@link IQ2_XXS}. {@code x[i] = d * (0.5 + scale[i / 16]) / 4 * sign[i] * point[i /
 * 8][i % 8]} with the points of {@link Codebook#IQ2_XS}. Example: d = 0.5, {@code qs} = {@code 01
 * 02 ...} and {@code scales[0]} = {@code 01}: point 1 is (43, 8, 8, ...), elements 0 and 7 are
 * negative, and element 0 is 0.5 * 1.5 / 4 * -43 = -8.0625.
 *
 * <p>Encoding ({@code quantize_row_iq2_xs_impl}): {@link CodebookBlock} with the neighbours at the
 * two smallest distances; d is stored as it comes out. It needs importance.
 */
public final class IQ2_XS implements CodebookFormat {
  public static final int BLOCK_ELEMENTS = 256;
  public static final int BLOCK_BYTES = 74;
  public static final int D_OFFSET = 0;
  public static final int QS_OFFSET = 2;
  public static final int SCALES_OFFSET = 66;

  /** Elements that share a scale. */
  public static final int GROUP_ELEMENTS = 16;

  /** Bits of an index; those above it are signs. */
  public static final int INDEX_BITS = 9;

  private static final int GROUPS = BLOCK_ELEMENTS / GROUP_ELEMENTS;
  private static final int VECTOR = 8;
  private static final int VECTORS = BLOCK_ELEMENTS / VECTOR;

  private static final FormatId ID = new FormatId("IQ2_XS");

  /** For the service loader and for direct use. */
  public IQ2_XS() {}

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
    for (int k = 0; k < VECTORS; k++) {
      int pair = LittleEndian.unsignedByte(source, block + SCALES_OFFSET + k / 4);
      float scale = d * (0.5f + (pair >> 4 * (k / 2 % 2) & 15)) * 0.25f;
      int code = source.get(LittleEndian.SHORT, block + QS_OFFSET + 2 * k) & 0xffff;
      int point = code & (1 << INDEX_BITS) - 1;
      int signs = EvenSigns.mask(code >> INDEX_BITS);
      Codebook.IQ2_XS.decode(point, scale, signs, target, out + k * VECTOR);
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
    for (int k = 0; k < VECTORS; k++) {
      int code = fit.points[k] | EvenSigns.stored(fit.signs[k]) << INDEX_BITS;
      target.set(LittleEndian.SHORT, block + QS_OFFSET + 2 * k, (short) code);
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
            new CodebookNeighbours(Codebook.IQ2_XS, 2),
            GROUP_ELEMENTS,
            true,
            1,
            0,
            SymmetricSearch.NEGLIGIBLE,
            9,
            0.1f,
            CodebookRule.Start.LARGEST,
            CodebookRule.Second.OTHERS);
  }
}
