package io.quant4j.kernels.vector.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.IQ4_XS;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Rounding;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as IQ4_XS. */
public final class VectorIQ4_XSEncoder implements RowEncoder {
  private static final IQ4_XS FORMAT = new IQ4_XS();
  private static final int SIZE = IQ4_XS.GROUP_ELEMENTS;
  private static final int GROUPS = IQ4_XS.BLOCK_ELEMENTS / SIZE;

  /** Stateless. */
  public VectorIQ4_XSEncoder() {}

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
    float[] scales =
        NonLinearGroups.scales(row, rowOffset, cols, importance, IQ4_XS.BLOCK_ELEMENTS);
    int[] codes = new int[SIZE];
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * IQ4_XS.BLOCK_BYTES;
      int from = rowOffset + b * IQ4_XS.BLOCK_ELEMENTS;
      if (Groups.finite(row, from, IQ4_XS.BLOCK_ELEMENTS)
          && Blocks.finite(scales, b * GROUPS, GROUPS)) {
        putBlock(row, from, scales, b * GROUPS, codes, stored, block);
      } else {
        Blocks.putNotANumber(stored, block, IQ4_XS.BLOCK_BYTES, IQ4_XS.D_OFFSET);
      }
    }
  }

  private static void putBlock(
      float[] row,
      int from,
      float[] scales,
      int first,
      int[] codes,
      MemorySegment target,
      long block) {
    float d = -Blocks.signedLargest(scales, first, GROUPS) / IQ4_XS.ZERO_SCALE;
    float inverse = d == 0 ? 0 : 1 / d;
    int high = 0;
    int low = 0;
    for (int s = 0; s < GROUPS; s++) {
      int nearest = Rounding.nearest(inverse * scales[first + s]);
      int scale = Math.clamp(nearest, -IQ4_XS.ZERO_SCALE, IQ4_XS.ZERO_SCALE - 1);
      low |= (scale + IQ4_XS.ZERO_SCALE & 15) << 4 * s;
      high |= scale + IQ4_XS.ZERO_SCALE >> 4 << 2 * s;
      float exact = d * scale;
      NonLinearLanes.takeCodes(row, from + s * SIZE, exact == 0 ? 0 : 1 / exact, codes);
      long qs = block + IQ4_XS.QS_OFFSET + s * (SIZE / 2);
      Pack.nibbles(codes, 0, SIZE / 2, SIZE / 2, target, qs);
    }
    LittleEndian.putHalf(target, block + IQ4_XS.D_OFFSET, d);
    target.set(LittleEndian.SHORT, block + IQ4_XS.SCALES_H_OFFSET, (short) high);
    target.set(LittleEndian.INT, block + IQ4_XS.SCALES_L_OFFSET, low);
  }
}
