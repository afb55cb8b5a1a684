package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q8_0;
import io.quant4j.core.format.Rounding;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as Q8_0. */
public final class VectorQ8_0Encoder implements RowEncoder {
  private static final Q8_0 FORMAT = new Q8_0();

  /** Stateless. */
  public VectorQ8_0Encoder() {}

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
    int[] codes = new int[Q8_0.BLOCK_ELEMENTS];
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q8_0.BLOCK_BYTES;
      int from = rowOffset + b * Q8_0.BLOCK_ELEMENTS;
      float magnitude = Extremes.largestMagnitude(row, from, Q8_0.BLOCK_ELEMENTS);
      if (!Float.isFinite(magnitude)) {
        Blocks.putNotANumber(stored, block, Q8_0.BLOCK_BYTES, Q8_0.D_OFFSET);
        continue;
      }
      float d = magnitude / Q8_0.LARGEST_CODE;
      LittleEndian.putHalf(stored, block + Q8_0.D_OFFSET, d);
      Codes.awayFromZero(row, from, Q8_0.BLOCK_ELEMENTS, Rounding.inverse(d), 0, codes);
      Pack.bytes(codes, Q8_0.BLOCK_ELEMENTS, stored, block + Q8_0.QS_OFFSET);
    }
  }
}
