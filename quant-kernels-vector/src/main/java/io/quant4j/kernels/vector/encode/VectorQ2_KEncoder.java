package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q2_K;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as Q2_K. */
public final class VectorQ2_KEncoder implements RowEncoder {
  private static final Q2_K FORMAT = new Q2_K();

  /** Stateless. */
  public VectorQ2_KEncoder() {}

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
    AffineBlocks fit = new AffineBlocks(Q2_K.RULE, row, rowOffset, cols, importance);
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q2_K.BLOCK_BYTES;
      if (!fit.choose(b)) {
        Blocks.putNotANumber(stored, block, Q2_K.BLOCK_BYTES, Q2_K.D_OFFSET);
        continue;
      }
      float d = LittleEndian.putHalf(stored, block + Q2_K.D_OFFSET, fit.choice().d());
      float dmin = LittleEndian.putHalf(stored, block + Q2_K.DMIN_OFFSET, fit.choice().dmin());
      fit.choice().putPairs(stored, block + Q2_K.SCALES_OFFSET);
      fit.takeCodes(b, d, dmin);
      Pack.twoBits(fit.codes(), stored, block + Q2_K.QS_OFFSET);
    }
  }
}
