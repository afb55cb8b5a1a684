package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.IQ4_NL;
import io.quant4j.core.format.LittleEndian;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as IQ4_NL. */
public final class VectorIQ4_NLEncoder implements RowEncoder {
  private static final IQ4_NL FORMAT = new IQ4_NL();

  /** Stateless. */
  public VectorIQ4_NLEncoder() {}

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
    float[] scales =
        NonLinearGroups.scales(row, rowOffset, cols, importance, IQ4_NL.BLOCK_ELEMENTS);
    int[] codes = new int[IQ4_NL.BLOCK_ELEMENTS];
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * IQ4_NL.BLOCK_BYTES;
      int from = rowOffset + b * IQ4_NL.BLOCK_ELEMENTS;
      if (!Groups.finite(row, from, IQ4_NL.BLOCK_ELEMENTS)) {
        Blocks.putNotANumber(stored, block, IQ4_NL.BLOCK_BYTES, IQ4_NL.D_OFFSET);
        continue;
      }
      float d = scales[b];
      LittleEndian.putHalf(stored, block + IQ4_NL.D_OFFSET, d);
      NonLinearLanes.takeCodes(row, from, d == 0 ? 0 : 1 / d, codes);
      int half = IQ4_NL.BLOCK_ELEMENTS / 2;
      Pack.nibbles(codes, 0, half, half, stored, block + IQ4_NL.QS_OFFSET);
    }
  }
}
