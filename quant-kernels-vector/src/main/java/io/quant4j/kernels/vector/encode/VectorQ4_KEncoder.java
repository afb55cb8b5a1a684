package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q4_K;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as Q4_K. */
public final class VectorQ4_KEncoder implements RowEncoder {
  private static final Q4_K FORMAT = new Q4_K();

  /** Stateless. */
  public VectorQ4_KEncoder() {}

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
    AffineBlocks fit = new AffineBlocks(Q4_K.RULE, row, rowOffset, cols, importance);
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q4_K.BLOCK_BYTES;
      if (!fit.choose(b)) {
        Blocks.putNotANumber(stored, block, Q4_K.BLOCK_BYTES, Q4_K.D_OFFSET);
        continue;
      }
      float d = LittleEndian.putHalf(stored, block + Q4_K.D_OFFSET, fit.choice().d());
      float dmin = LittleEndian.putHalf(stored, block + Q4_K.DMIN_OFFSET, fit.choice().dmin());
      fit.choice().putSixBits(stored, block + Q4_K.SCALES_OFFSET);
      fit.takeCodes(b, d, dmin);
      putCodes(fit.codes(), stored, block + Q4_K.QS_OFFSET);
    }
  }

  /** Stores the lower four bits of each code. */
  static void putCodes(int[] codes, MemorySegment target, long offset) {
    int size = Q4_K.GROUP_ELEMENTS;
    for (int low = 0; low < Q4_K.BLOCK_ELEMENTS; low += 2 * size) {
      Pack.nibbles(codes, low, low + size, size, target, offset + low / 2);
    }
  }
}
