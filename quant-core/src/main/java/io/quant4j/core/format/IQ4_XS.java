package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * 4-bit codes of unevenly spaced values with a 6-bit scale per 32 elements, 4.25 bits per weight.
 * Upstream: {@code block_iq4_xs}, {@code GGML_TYPE_IQ4_XS}.
 *
 * <table>
 * <caption>Block of 256 elements, 136 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code d}, scale of the scales, binary16, of either sign</td></tr>
 * <tr><td>2</td><td>2</td><td>{@code scales_h}, 16-bit integer, bits 2s and 2s + 1: upper two bits
 *     of scale s</td></tr>
 * <tr><td>4</td><td>4</td><td>{@code scales_l}, byte j: lower four bits of scale 2j in bits 0-3, of
 *     scale 2j + 1 in bits 4-7</td></tr>
 * <tr><td>8</td><td>128</td><td>{@code qs}, byte 16s + j (s = 0 to 7, j = 0 to 15): code of element
 *     32s + j in bits 0-3, of element 32s + 16 + j in bits 4-7</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * (scale[i / 32] - 32) * value[code[i]]} with the values of {@link IQ4_NL}.
 * Example: d = 0.5, {@code scales_h} = {@code 02 00}, {@code scales_l[0]} = {@code 01} and {@code
 * qs[0]} = {@code 08}: scale 0 is 33 and element 0 is 0.5 * 1 * 1 = 0.5.
 *
 * <p>Encoding ({@code quantize_row_iq4_nl_impl}): {@link NonLinearCodes} finds a scale for each
 * group; the one of largest magnitude becomes -32 and d follows; codes are those of the nearest
 * values with d before rounding.
 */
public final class IQ4_XS implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 256;
  public static final int BLOCK_BYTES = 136;
  public static final int D_OFFSET = 0;
  public static final int SCALES_H_OFFSET = 2;
  public static final int SCALES_L_OFFSET = 4;
  public static final int QS_OFFSET = 8;

  /** Elements that share a scale. */
  public static final int GROUP_ELEMENTS = 32;

  /** Stored scale that stands for 0. */
  public static final int ZERO_SCALE = 32;

  private static final int GROUPS = BLOCK_ELEMENTS / GROUP_ELEMENTS;
  private static final int HALF_GROUP = GROUP_ELEMENTS / 2;

  private static final FormatId ID = new FormatId("IQ4_XS");

  /** For the service loader and for direct use. */
  public IQ4_XS() {}

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
    int high = source.get(LittleEndian.SHORT, block + SCALES_H_OFFSET);
    for (int s = 0; s < GROUPS; s++) {
      int pair = LittleEndian.unsignedByte(source, block + SCALES_L_OFFSET + s / 2);
      int code = pair >> 4 * (s % 2) & 15 | (high >> 2 * s & 3) << 4;
      float scale = d * (code - ZERO_SCALE);
      int first = out + s * GROUP_ELEMENTS;
      for (int j = 0; j < HALF_GROUP; j++) {
        int codes = LittleEndian.unsignedByte(source, block + QS_OFFSET + s * HALF_GROUP + j);
        target[first + j] = scale * NonLinearCodes.value(codes & 15);
        target[first + HALF_GROUP + j] = scale * NonLinearCodes.value(codes >> 4);
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
    float[] scales = new float[GROUPS];
    float[] weights = new float[GROUP_ELEMENTS];
    byte[] codes = new byte[GROUP_ELEMENTS];
    for (int b = 0; b < blocks; b++) {
      int column = b * BLOCK_ELEMENTS;
      int from = rowOffset + column;
      long block = byteOffset + (long) b * BLOCK_BYTES;
      if (fitGroups(row, from, importance, column, scales, weights)) {
        putBlock(row, from, scales, codes, target, block);
      } else {
        Blocks.putNotANumber(target, block, BLOCK_BYTES, D_OFFSET);
      }
    }
  }

  /** Gives each group its own scale; returns whether elements and scales are finite. */
  private static boolean fitGroups(
      float[] x,
      int from,
      float @Nullable [] importance,
      int column,
      float[] scales,
      float[] weights) {
    if (!Blocks.finite(x, from, BLOCK_ELEMENTS)) {
      return false;
    }
    float base = ErrorWeights.meanSquare(x, from, BLOCK_ELEMENTS, 2);
    for (int s = 0; s < GROUPS; s++) {
      int start = s * GROUP_ELEMENTS;
      scales[s] = NonLinearCodes.scale(x, from + start, importance, column + start, base, weights);
    }
    return Blocks.finite(scales, 0, GROUPS);
  }

  private static void putBlock(
      float[] x, int from, float[] scales, byte[] codes, MemorySegment target, long block) {
    float d = -Blocks.signedLargest(scales, 0, GROUPS) / ZERO_SCALE;
    float inverse = d == 0 ? 0 : 1 / d;
    int high = 0;
    int low = 0;
    for (int s = 0; s < GROUPS; s++) {
      int scale = Math.clamp(Rounding.nearest(inverse * scales[s]), -ZERO_SCALE, ZERO_SCALE - 1);
      low |= (scale + ZERO_SCALE & 15) << 4 * s;
      high |= scale + ZERO_SCALE >> 4 << 2 * s;
      float exact = d * scale;
      float inverseOfGroup = exact == 0 ? 0 : 1 / exact;
      for (int i = 0; i < GROUP_ELEMENTS; i++) {
        float scaled = inverseOfGroup * x[from + s * GROUP_ELEMENTS + i];
        codes[i] = (byte) NonLinearCodes.nearest(scaled);
      }
      long qs = block + QS_OFFSET + s * HALF_GROUP;
      Blocks.putNibbles(codes, 0, HALF_GROUP, HALF_GROUP, target, qs);
    }
    LittleEndian.putHalf(target, block + D_OFFSET, d);
    target.set(LittleEndian.SHORT, block + SCALES_H_OFFSET, (short) high);
    target.set(LittleEndian.INT, block + SCALES_L_OFFSET, low);
  }

  /**
   * Stores one block.
   *
   * @param d bits of the scale of the scales
   * @param scales (8), 0 to 63
   * @param codes (256), 0 to 15
   */
  public static void putBlock(
      short d, byte[] scales, byte[] codes, MemorySegment target, long block) {
    int low = 0;
    int high = 0;
    for (int s = 0; s < GROUPS; s++) {
      low |= (scales[s] & 15) << 4 * s;
      high |= scales[s] >> 4 << 2 * s;
      long qs = block + QS_OFFSET + s * HALF_GROUP;
      int first = s * GROUP_ELEMENTS;
      Blocks.putNibbles(codes, first, first + HALF_GROUP, HALF_GROUP, target, qs);
    }
    target.set(LittleEndian.SHORT, block + D_OFFSET, d);
    target.set(LittleEndian.SHORT, block + SCALES_H_OFFSET, (short) high);
    target.set(LittleEndian.INT, block + SCALES_L_OFFSET, low);
  }
}
