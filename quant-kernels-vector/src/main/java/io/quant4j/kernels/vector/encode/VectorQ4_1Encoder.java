package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q4_1;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as Q4_1. */
public final class VectorQ4_1Encoder implements RowEncoder {
  private static final Q4_1 FORMAT = new Q4_1();

  /** Stateless. */
  public VectorQ4_1Encoder() {}

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
    AffineBlocksOf32 fit =
        new AffineBlocksOf32(Q4_1.LARGEST_CODE, row, rowOffset, cols, importance);
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q4_1.BLOCK_BYTES;
      if (!fit.fit(b)) {
        Blocks.putNotANumber(stored, block, Q4_1.BLOCK_BYTES, Q4_1.D_OFFSET);
        continue;
      }
      LittleEndian.putHalf(stored, block + Q4_1.D_OFFSET, fit.scale());
      LittleEndian.putHalf(stored, block + Q4_1.M_OFFSET, fit.offset());
      Pack.nibbles(
          fit.codes(),
          0,
          Q4_1.BLOCK_ELEMENTS / 2,
          Q4_1.BLOCK_ELEMENTS / 2,
          stored,
          block + Q4_1.QS_OFFSET);
    }
  }
}
