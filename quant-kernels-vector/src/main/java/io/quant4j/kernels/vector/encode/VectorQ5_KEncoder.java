package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q5_K;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as Q5_K. */
public final class VectorQ5_KEncoder implements RowEncoder {
  private static final Q5_K FORMAT = new Q5_K();

  /** Stateless. */
  public VectorQ5_KEncoder() {}

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
    AffineBlocks fit = new AffineBlocks(Q5_K.RULE, row, rowOffset, cols, importance);
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q5_K.BLOCK_BYTES;
      if (!fit.choose(b)) {
        Blocks.putNotANumber(stored, block, Q5_K.BLOCK_BYTES, Q5_K.D_OFFSET);
        continue;
      }
      float d = LittleEndian.putHalf(stored, block + Q5_K.D_OFFSET, fit.choice().d());
      float dmin = LittleEndian.putHalf(stored, block + Q5_K.DMIN_OFFSET, fit.choice().dmin());
      fit.choice().putSixBits(stored, block + Q5_K.SCALES_OFFSET);
      fit.takeCodes(b, d, dmin);
      int size = Q5_K.GROUP_ELEMENTS;
      Pack.bitPlane(fit.codes(), 4, stored, block + Q5_K.QH_OFFSET);
      for (int low = 0; low < Q5_K.BLOCK_ELEMENTS; low += 2 * size) {
        long qs = block + Q5_K.QS_OFFSET + low / 2;
        Pack.nibbles(fit.codes(), low, low + size, size, stored, qs);
      }
    }
  }
}
