package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q4_0;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as Q4_0. */
public final class VectorQ4_0Encoder implements RowEncoder {
  private static final Q4_0 FORMAT = new Q4_0();

  /** Stateless. */
  public VectorQ4_0Encoder() {}

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
    SymmetricBlocks fit = new SymmetricBlocks(Q4_0.ZERO_CODE, row, rowOffset, cols, importance);
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q4_0.BLOCK_BYTES;
      if (!fit.fit(b)) {
        Blocks.putNotANumber(stored, block, Q4_0.BLOCK_BYTES, Q4_0.D_OFFSET);
        continue;
      }
      LittleEndian.putHalf(stored, block + Q4_0.D_OFFSET, fit.scale());
      Pack.nibbles(
          fit.codes(),
          0,
          Q4_0.BLOCK_ELEMENTS / 2,
          Q4_0.BLOCK_ELEMENTS / 2,
          stored,
          block + Q4_0.QS_OFFSET);
    }
  }
}
