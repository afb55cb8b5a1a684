package io.quant4j.core.format;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Ternary codes of 2 bits with one scale per 256 elements, 2.0625 bits per weight. Upstream: {@code
 * block_tq2_0}, {@code GGML_TYPE_TQ2_0}.
 *
 * <table>
 * <caption>Block of 256 elements, 66 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>64</td><td>{@code qs}, byte 32h + l (h = 0 to 1, l = 0 to 31): codes of
 *     elements 128h + l, 128h + 32 + l, 128h + 64 + l, 128h + 96 + l in bits 0-1, 2-3, 4-5,
 *     6-7</td></tr>
 * <tr><td>64</td><td>2</td><td>{@code d}, scale, binary16</td></tr>
 * </table>
 *
 * <p>{@code x[i] = d * (code[i] - 1)}; code 3 is not written. Example: d = 0.5 and {@code qs[0]} =
 * {@code 24}: elements 0, 32, 64, 96 are -0.5, 0, 0.5, -0.5.
 *
 * <p>Encoding ({@code quantize_row_tq2_0_ref}): {@link TernaryRounding}. Importance is not used.
 */
public final class TQ2_0 implements BlockFormat {
  public static final int BLOCK_ELEMENTS = 256;
  public static final int BLOCK_BYTES = 66;
  public static final int QS_OFFSET = 0;
  public static final int D_OFFSET = 64;

  /** Code of 0. */
  public static final int ZERO_CODE = 1;

  private static final FormatId ID = new FormatId("TQ2_0");

  /** For the service loader and for direct use. */
  public TQ2_0() {}

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
    return false;
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
    for (int i = 0; i < BLOCK_ELEMENTS; i++) {
      target[out + i] = (TwoBitCodes.at(source, block + QS_OFFSET, i) - ZERO_CODE) * d;
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
    byte[] codes = new byte[BLOCK_ELEMENTS];
    for (int b = 0; b < blocks; b++) {
      int from = rowOffset + b * BLOCK_ELEMENTS;
      long block = byteOffset + (long) b * BLOCK_BYTES;
      if (!Blocks.finite(row, from, BLOCK_ELEMENTS)) {
        Blocks.putNotANumber(target, block, BLOCK_BYTES, D_OFFSET);
        continue;
      }
      LittleEndian.putHalf(target, block + D_OFFSET, TernaryRounding.fit(row, from, codes));
      TwoBitCodes.put(codes, target, block + QS_OFFSET);
    }
  }
}
