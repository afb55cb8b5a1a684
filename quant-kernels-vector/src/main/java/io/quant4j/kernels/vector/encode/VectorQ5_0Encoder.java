package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q5_0;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as Q5_0. */
public final class VectorQ5_0Encoder implements RowEncoder {
  private static final Q5_0 FORMAT = new Q5_0();

  /** Stateless. */
  public VectorQ5_0Encoder() {}

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
    SymmetricBlocks fit = new SymmetricBlocks(Q5_0.ZERO_CODE, row, rowOffset, cols, importance);
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q5_0.BLOCK_BYTES;
      if (!fit.fit(b)) {
        Blocks.putNotANumber(stored, block, Q5_0.BLOCK_BYTES, Q5_0.D_OFFSET);
        continue;
      }
      LittleEndian.putHalf(stored, block + Q5_0.D_OFFSET, fit.scale());
      Pack.fifthBits(fit.codes(), stored, block + Q5_0.QH_OFFSET);
      Pack.nibbles(
          fit.codes(),
          0,
          Q5_0.BLOCK_ELEMENTS / 2,
          Q5_0.BLOCK_ELEMENTS / 2,
          stored,
          block + Q5_0.QS_OFFSET);
    }
  }
}
