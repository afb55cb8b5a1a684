package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q5_1;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as Q5_1. */
public final class VectorQ5_1Encoder implements RowEncoder {
  private static final Q5_1 FORMAT = new Q5_1();

  /** Stateless. */
  public VectorQ5_1Encoder() {}

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
        new AffineBlocksOf32(Q5_1.LARGEST_CODE, row, rowOffset, cols, importance);
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q5_1.BLOCK_BYTES;
      if (!fit.fit(b)) {
        Blocks.putNotANumber(stored, block, Q5_1.BLOCK_BYTES, Q5_1.D_OFFSET);
        continue;
      }
      LittleEndian.putHalf(stored, block + Q5_1.D_OFFSET, fit.scale());
      LittleEndian.putHalf(stored, block + Q5_1.M_OFFSET, fit.offset());
      Pack.fifthBits(fit.codes(), stored, block + Q5_1.QH_OFFSET);
      Pack.nibbles(
          fit.codes(),
          0,
          Q5_1.BLOCK_ELEMENTS / 2,
          Q5_1.BLOCK_ELEMENTS / 2,
          stored,
          block + Q5_1.QS_OFFSET);
    }
  }
}
