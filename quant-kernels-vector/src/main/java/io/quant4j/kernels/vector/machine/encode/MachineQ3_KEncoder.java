package io.quant4j.kernels.vector.machine.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q3_K;
import io.quant4j.kernels.vector.machine.product.Functions;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encodes rows as Q3_K. */
final class MachineQ3_KEncoder implements RowEncoder {
  private static final Q3_K FORMAT = new Q3_K();
  private static final int SIZE = Q3_K.GROUP_ELEMENTS;
  private static final int GROUPS = Q3_K.BLOCK_ELEMENTS / SIZE;
  private static final List<CodesCode.Plane> PLANES =
      List.of(
          new CodesCode.Plane(Q3_K.QS_OFFSET, 0, 2, 32),
          new CodesCode.Plane(Q3_K.HMASK_OFFSET, 2, 1, 32));

  private final RowSearch plainSearch = CoordinateCode.search(SIZE, Q3_K.ZERO_CODE);
  private final RowSearch importanceSearch =
      SymmetricCode.search(SIZE, Q3_K.ZERO_CODE, Weighing.SCALED_IMPORTANCE);

  /** A block in each lane, whose elements are its scales. */
  private final RowSearch scaleSearch =
      SymmetricCode.search(GROUPS, Q3_K.ZERO_SCALE, Weighing.IMPORTANCE);

  private final RowCodes codes =
      new RowCodes(
          FORMAT,
          SIZE,
          Functions.map(CodesCode.of(SIZE, -Q3_K.ZERO_CODE, Q3_K.ZERO_CODE - 1, PLANES)));

  MachineQ3_KEncoder() {}

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
    if (blocks == 0) {
      return;
    }
    Q3_KRow groups =
        importance == null
            ? new PlainQ3_KRow(row, rowOffset, cols, plainSearch, codes)
            : new WeightedQ3_KRow(
                row, rowOffset, cols, importance, importanceSearch, scaleSearch, codes);
    byte[] scaleCodes = new byte[GROUPS];
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q3_K.BLOCK_BYTES;
      if (groups.finite(b)) {
        float d = groups.chooseScales(b, scaleCodes);
        float storedD = LittleEndian.putHalf(stored, block + Q3_K.D_OFFSET, d);
        Q3_K.putScales(scaleCodes, stored, block + Q3_K.SCALES_OFFSET);
        groups.map(b, storedD, scaleCodes);
      }
    }
    groups.storeCodes(stored);
  }
}
