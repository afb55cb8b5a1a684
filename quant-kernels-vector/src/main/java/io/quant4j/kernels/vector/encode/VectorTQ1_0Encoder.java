package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Rounding;
import io.quant4j.core.format.TQ1_0;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as TQ1_0. */
public final class VectorTQ1_0Encoder implements RowEncoder {
  private static final TQ1_0 FORMAT = new TQ1_0();

  /** Stateless. */
  public VectorTQ1_0Encoder() {}

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
    int[] codes = new int[TQ1_0.BLOCK_ELEMENTS];
    byte[] narrow = new byte[TQ1_0.BLOCK_ELEMENTS];
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * TQ1_0.BLOCK_BYTES;
      int from = rowOffset + b * TQ1_0.BLOCK_ELEMENTS;
      float d = Extremes.largestMagnitude(row, from, TQ1_0.BLOCK_ELEMENTS);
      if (!Float.isFinite(d)) {
        Blocks.putNotANumber(stored, block, TQ1_0.BLOCK_BYTES, TQ1_0.D_OFFSET);
        continue;
      }
      LittleEndian.putHalf(stored, block + TQ1_0.D_OFFSET, d);
      Codes.awayFromZero(
          row, from, TQ1_0.BLOCK_ELEMENTS, Rounding.inverse(d), TQ1_0.ZERO_CODE, codes);
      for (int i = 0; i < codes.length; i++) {
        narrow[i] = (byte) codes[i];
      }
      TQ1_0.putCodes(narrow, stored, block);
    }
  }
}
