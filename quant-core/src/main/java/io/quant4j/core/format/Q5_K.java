package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.format.AffineSuperBlock.PlainWeights;
import io.quant4j.core.format.AsymmetricSearch.Candidates;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * 5-bit codes with a 6-bit scale and a 6-bit minimum per 32 elements, 5.5 bits per weight.
 * Upstream: {@code block_q5_K}, {@code GGML_TYPE_Q5_K}.
 *
 * <table>
 * <caption>Block of 256 elements, 176 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code d}, scale of the scales, binary16</td></tr>
 * <tr><td>2</td><td>2</td><td>{@code dmin}, scale of the minimums, binary16</td></tr>
 * <tr><td>4</td><td>12</td><td>{@code scales}, packed as {@link SixBitScales} says</td></tr>
 * <tr><td>16</td><td>32</td><td>{@code qh}, bit s of byte l: upper bit of the code of element 32s +
 *     l</td></tr>
 * <tr><td>48</td><td>128</td><td>{@code qs}, byte 32c + l (c = 0 to 3, l = 0 to 31): lower four
 *     bits of the code of element 64c + l in bits 0-3, of element 64c + 32 + l in bits
 *     4-7</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * scale[s] * code[i] - dmin * minimum[s]} with s = i / 32. Example: d = 0.5,
 * dmin = 0.25, scale[0] = 2, minimum[0] = 4, {@code qs[0]} = {@code 35} and {@code qh[0]} = {@code
 * 01}: element 0 has code 16 + 5 and is 0.5 * 2 * 21 - 0.25 * 4 = 20.
 *
 * <p>Encoding: {@link AffineSuperBlock} says how scales and minimums are found.
 */
public final class Q5_K implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 256;
  public static final int BLOCK_BYTES = 176;
  public static final int D_OFFSET = 0;
  public static final int DMIN_OFFSET = 2;
  public static final int SCALES_OFFSET = 4;
  public static final int QH_OFFSET = 16;
  public static final int QS_OFFSET = 48;

  /** Elements that share a scale and a minimum. */
  public static final int GROUP_ELEMENTS = 32;

  private static final int GROUPS = BLOCK_ELEMENTS / GROUP_ELEMENTS;

  /** How {@link AffineSuperBlock} encodes. */
  public static final AffineSuperBlock.Rule RULE =
      new AffineSuperBlock.Rule(
          GROUP_ELEMENTS,
          31,
          SixBitScales.LARGEST,
          2,
          PlainWeights.MAGNITUDE_AND_MEAN,
          new Candidates(-0.5f, 0.1f, 15, false));

  /** For the service loader and for direct use. */
  public Q5_K() {}

  @Override
  public FormatId id() {
    return FormatId.Q5_K;
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
    long scales = SixBitScales.scales(source, block + SCALES_OFFSET);
    long minimums = SixBitScales.minimums(source, block + SCALES_OFFSET);
    for (int s = 0; s < GROUPS; s++) {
      float scale = d * SixBitScales.at(scales, s);
      float minimum = dmin * SixBitScales.at(minimums, s);
      long codes = block + QS_OFFSET + (s >> 1) * GROUP_ELEMENTS;
      int shift = 4 * (s & 1);
      for (int l = 0; l < GROUP_ELEMENTS; l++) {
        int low = LittleEndian.unsignedByte(source, codes + l) >> shift & 15;
        int high = LittleEndian.unsignedByte(source, block + QH_OFFSET + l) >> s & 1;
        target[out + s * GROUP_ELEMENTS + l] = scale * (high << 4 | low) - minimum;
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
      SixBitScales.put(fit.scaleCodes(), fit.minimumCodes(), target, block + SCALES_OFFSET);
      fit.requantize(row, rowOffset + column, d, dmin);
      putUpperBits(fit.codes(), target, block + QH_OFFSET);
      Q4_K.putCodes(fit.codes(), target, block + QS_OFFSET);
    }
  }

  private static void putUpperBits(byte[] codes, MemorySegment target, long offset) {
    for (int l = 0; l < GROUP_ELEMENTS; l++) {
      int bits = 0;
      for (int s = 0; s < GROUPS; s++) {
        bits |= codes[s * GROUP_ELEMENTS + l] >> 4 << s;
      }
      LittleEndian.putByte(target, offset + l, bits);
    }
  }

  /**
   * Stores one block.
   *
   * @param d bits of the scale of the scales
   * @param dmin bits of the scale of the minimums
   * @param scales (8), 0 to 63
   * @param minimums (8), 0 to 63
   * @param codes (256), 0 to 31
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
    SixBitScales.put(scales, minimums, target, block + SCALES_OFFSET);
    putUpperBits(codes, target, block + QH_OFFSET);
    Q4_K.putCodes(codes, target, block + QS_OFFSET);
  }
}
