package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.NVFP4;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as NVFP4. */
public final class VectorNVFP4Encoder implements RowEncoder {
  private static final NVFP4 FORMAT = new NVFP4();
  private static final int SIZE = NVFP4.GROUP_ELEMENTS;

  /** Stateless. */
  public VectorNVFP4Encoder() {}

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
    int[] codes = new int[SIZE];
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * NVFP4.BLOCK_BYTES;
      for (int s = 0; s < NVFP4.BLOCK_ELEMENTS / SIZE; s++) {
        int from = rowOffset + b * NVFP4.BLOCK_ELEMENTS + s * SIZE;
        int bits = NVFP4.scale(row, from);
        FourBitCodes.nearest(row, from, SIZE, NVFP4.halfScale(bits), codes);
        LittleEndian.putByte(stored, block + NVFP4.D_OFFSET + s, bits);
        int half = SIZE / 2;
        long qs = block + NVFP4.QS_OFFSET + s * half;
        for (int i = 0; i < half; i++) {
          LittleEndian.putByte(stored, qs + i, codes[i] | codes[half + i] << 4);
        }
      }
    }
  }
}
