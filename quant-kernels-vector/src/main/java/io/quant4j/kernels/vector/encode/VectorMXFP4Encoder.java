package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.MXFP4;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as MXFP4. */
public final class VectorMXFP4Encoder implements RowEncoder {
  private static final MXFP4 FORMAT = new MXFP4();

  /** Stateless. */
  public VectorMXFP4Encoder() {}

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
    int[] codes = new int[MXFP4.BLOCK_ELEMENTS];
    int half = MXFP4.BLOCK_ELEMENTS / 2;
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * MXFP4.BLOCK_BYTES;
      int from = rowOffset + b * MXFP4.BLOCK_ELEMENTS;
      int e = MXFP4.exponent(row, from);
      FourBitCodes.nearest(row, from, MXFP4.BLOCK_ELEMENTS, MXFP4.halfScale(e), codes);
      LittleEndian.putByte(stored, block + MXFP4.E_OFFSET, e);
      Pack.nibbles(codes, 0, half, half, stored, block + MXFP4.QS_OFFSET);
    }
  }
}
