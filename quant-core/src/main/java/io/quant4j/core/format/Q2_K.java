package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.format.AffineSuperBlock.PlainWeights;
import io.quant4j.core.format.AsymmetricSearch.Candidates;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * 2-bit codes with a 4-bit scale and a 4-bit minimum per 16 elements, 2.625 bits per weight.
 * Upstream: {@code block_q2_K}, {@code GGML_TYPE_Q2_K}.
 *
 * <table>
 * <caption>Block of 256 elements, 84 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>16</td><td>{@code scales}, byte s: scale of group s in bits 0-3, its minimum in
 *     bits 4-7</td></tr>
 * <tr><td>16</td><td>64</td><td>{@code qs}, byte 32h + l (h = 0 to 1, l = 0 to 31): codes of
 *     elements 128h + l, 128h + 32 + l, 128h + 64 + l, 128h + 96 + l in bits 0-1, 2-3, 4-5,
 *     6-7</td></tr>
 * <tr><td>80</td><td>2</td><td>{@code d}, scale of the scales, binary16</td></tr>
 * <tr><td>82</td><td>2</td><td>{@code dmin}, scale of the minimums, binary16</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * scale[s] * code[i] - dmin * minimum[s]} with s = i / 16. Example: d = 0.5,
 * dmin = 0.25, {@code scales[0]} = {@code 42} and {@code qs[0]} = {@code 03}: element 0 is 0.5 * 2
 * * 3 - 0.25 * 4 = 2.
 *
 * <p>Encoding: {@link AffineSuperBlock} says how scales and minimums are found.
 */
public final class Q2_K implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 256;
  public static final int BLOCK_BYTES = 84;
  public static final int SCALES_OFFSET = 0;
  public static final int QS_OFFSET = 16;
  public static final int D_OFFSET = 80;
  public static final int DMIN_OFFSET = 82;

  /** Elements that share a scale and a minimum. */
  public static final int GROUP_ELEMENTS = 16;

  private static final int GROUPS = BLOCK_ELEMENTS / GROUP_ELEMENTS;

  /** How {@link AffineSuperBlock} encodes. */
  public static final AffineSuperBlock.Rule RULE =
      new AffineSuperBlock.Rule(
          GROUP_ELEMENTS, 3, 15, 1, PlainWeights.MAGNITUDE, new Candidates(-0.5f, 0.1f, 15, true));

  private static final FormatId ID = new FormatId("Q2_K");

  /** For the service loader and for direct use. */
  public Q2_K() {}

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
    return Blocks.firstNonFiniteHalf(
        source, byteOffset, blocks, BLOCK_BYTES, D_OFFSET, DMIN_OFFSET);
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
    float dmin = LittleEndian.half(source, block + DMIN_OFFSET);
    for (int s = 0; s < GROUPS; s++) {
      int pair = LittleEndian.unsignedByte(source, block + SCALES_OFFSET + s);
      float scale = d * (pair & 15);
      float minimum = dmin * (pair >> 4);
      for (int i = s * GROUP_ELEMENTS; i < (s + 1) * GROUP_ELEMENTS; i++) {
        target[out + i] = scale * TwoBitCodes.at(source, block + QS_OFFSET, i) - minimum;
      }
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
    AffineSuperBlock fit = new AffineSuperBlock(RULE);
    for (int b = 0; b < blocks; b++) {
      int column = b * BLOCK_ELEMENTS;
      long block = byteOffset + (long) b * BLOCK_BYTES;
      if (!fit.fit(row, rowOffset + column, importance, column)) {
        Blocks.putNotANumber(target, block, BLOCK_BYTES, D_OFFSET);
        continue;
      }
      float d = LittleEndian.putHalf(target, block + D_OFFSET, fit.d());
      float dmin = LittleEndian.putHalf(target, block + DMIN_OFFSET, fit.dmin());
      for (int s = 0; s < GROUPS; s++) {
        int pair = fit.scaleCodes()[s] | fit.minimumCodes()[s] << 4;
        LittleEndian.putByte(target, block + SCALES_OFFSET + s, pair);
      }
      fit.requantize(row, rowOffset + column, d, dmin);
      TwoBitCodes.put(fit.codes(), target, block + QS_OFFSET);
    }
  }

  /**
   * Stores one block.
   *
   * @param d bits of the scale of the scales
   * @param dmin bits of the scale of the minimums
   * @param scales (16), 0 to 15
   * @param minimums (16), 0 to 15
   * @param codes (256), 0 to 3
   */
  public static void putBlock(
      short d,
      short dmin,
      byte[] scales,
      byte[] minimums,
      byte[] codes,
      MemorySegment target,
      long block) {
    target.set(LittleEndian.SHORT, block + D_OFFSET, d);
    target.set(LittleEndian.SHORT, block + DMIN_OFFSET, dmin);
    for (int s = 0; s < GROUPS; s++) {
      LittleEndian.putByte(target, block + SCALES_OFFSET + s, scales[s] | minimums[s] << 4);
    }
    TwoBitCodes.put(codes, target, block + QS_OFFSET);
  }
}
