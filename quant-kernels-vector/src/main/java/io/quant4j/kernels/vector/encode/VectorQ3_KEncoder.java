package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q3_K;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as Q3_K. */
public final class VectorQ3_KEncoder implements RowEncoder {
  private static final Q3_K FORMAT = new Q3_K();

  /** Stateless. */
  public VectorQ3_KEncoder() {}

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
    Q3_KGroups groups =
        importance == null
            ? new PlainQ3_KGroups(row, rowOffset, cols)
            : new WeightedQ3_KGroups(row, rowOffset, cols, importance);
    int[] codes = new int[Q3_K.BLOCK_ELEMENTS];
    byte[] scaleCodes = new byte[Q3_KGroups.COUNT];
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q3_K.BLOCK_BYTES;
      if (!groups.finite(b)) {
        Blocks.putNotANumber(stored, block, Q3_K.BLOCK_BYTES, Q3_K.D_OFFSET);
        continue;
      }
      float d = groups.chooseScales(b, scaleCodes);
      float storedD = LittleEndian.putHalf(stored, block + Q3_K.D_OFFSET, d);
      Q3_K.putScales(scaleCodes, stored, block + Q3_K.SCALES_OFFSET);
      groups.takeCodes(b, storedD, scaleCodes, codes);
      Pack.bitPlane(codes, 2, stored, block + Q3_K.HMASK_OFFSET);
      Pack.twoBits(codes, stored, block + Q3_K.QS_OFFSET);
    }
  }
}
