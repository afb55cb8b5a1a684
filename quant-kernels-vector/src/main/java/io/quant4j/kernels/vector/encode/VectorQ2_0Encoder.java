package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q2_0;
import io.quant4j.core.format.Rounding;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as Q2_0. */
public final class VectorQ2_0Encoder implements RowEncoder {
  private static final Q2_0 FORMAT = new Q2_0();

  /** Stateless. */
  public VectorQ2_0Encoder() {}

  @Override
  public void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset) {
    int blocks = Blocks.count(FORMAT, cols);
    MemorySegment stored = target.asSlice(byteOffset, FORMAT.byteSize(cols));
    int[] codes = new int[Q2_0.BLOCK_ELEMENTS];
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q2_0.BLOCK_BYTES;
      int from = rowOffset + b * Q2_0.BLOCK_ELEMENTS;
      float d = Extremes.largestMagnitude(row, from, Q2_0.BLOCK_ELEMENTS);
      if (!Float.isFinite(d)) {
        Blocks.putNotANumber(stored, block, Q2_0.BLOCK_BYTES, Q2_0.D_OFFSET);
        continue;
      }
      LittleEndian.putHalf(stored, block + Q2_0.D_OFFSET, d);
      Codes.awayFromZero(
          row, from, Q2_0.BLOCK_ELEMENTS, Rounding.inverse(d), Q2_0.ZERO_CODE, codes);
      for (int i = 0; i < Q2_0.BLOCK_ELEMENTS; i += 4) {
        int bits = codes[i] | codes[i + 1] << 2 | codes[i + 2] << 4 | codes[i + 3] << 6;
        LittleEndian.putByte(stored, block + Q2_0.QS_OFFSET + i / 4, bits);
      }
    }
  }
}
