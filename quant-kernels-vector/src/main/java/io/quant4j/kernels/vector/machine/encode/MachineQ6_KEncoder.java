package io.quant4j.kernels.vector.machine.encode;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q6_K;
import io.quant4j.core.format.Rounding;
import io.quant4j.core.format.SymmetricSearch;
import io.quant4j.kernels.vector.machine.product.Functions;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encodes rows as Q6_K. */
final class MachineQ6_KEncoder implements RowEncoder {
  private static final Q6_K FORMAT = new Q6_K();
  private static final int SIZE = Q6_K.GROUP_ELEMENTS;
  private static final int GROUPS = Q6_K.BLOCK_ELEMENTS / SIZE;
  private static final List<CodesCode.Plane> PLANES =
      List.of(
          new CodesCode.Plane(Q6_K.QL_OFFSET, 0, 4, 64),
          new CodesCode.Plane(Q6_K.QH_OFFSET, 4, 2, 32));

  private final RowSearch plainSearch = search(Weighing.SQUARE);
  private final RowSearch importanceSearch = search(Weighing.IMPORTANCE);
  private final RowCodes codes =
      new RowCodes(
          FORMAT,
          SIZE,
          Functions.map(CodesCode.of(SIZE, -Q6_K.ZERO_CODE, Q6_K.ZERO_CODE - 1, PLANES)));

  MachineQ6_KEncoder() {}

  private static RowSearch search(Weighing weighing) {
    return SymmetricCode.search(SIZE, Q6_K.ZERO_CODE, weighing);
  }

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
    RowSearch search = importance == null ? plainSearch : importanceSearch;
    Row groups = new Row(blocks, search.planeFloats(cols));
    search.run(row, rowOffset, cols, importance, null, groups.found, SymmetricCode.PLANES);
    for (int b = 0; b < blocks; b++) {
      groups.choose(b, stored);
    }
    codes.store(row, rowOffset, groups.maps, stored);
    groups.spoil(stored);
  }

  /** The groups of one row. */
  private static final class Row {
    final float[] found;
    final float[] maps;
    private final int plane;
    private final boolean[] notFinite;
    private final boolean[] negligible;
    private boolean spoiled;

    Row(int blocks, int plane) {
      this.plane = plane;
      found = new float[SymmetricCode.PLANES * plane];
      maps = new float[blocks * GROUPS * CodesCode.MAP_FLOATS];
      notFinite = new boolean[blocks];
      negligible = new boolean[blocks];
    }

    private int scales(int block) {
      return SymmetricCode.SCALE * plane + block * GROUPS;
    }

    /** Stores the scales of a block and maps its groups to codes. */
    void choose(int block, MemorySegment stored) {
      notFinite[block] =
          !Blocks.finite(found, SymmetricCode.MAGNITUDE * plane + block * GROUPS, GROUPS)
              || !Blocks.finite(found, scales(block), GROUPS);
      float largest = Blocks.signedLargest(found, scales(block), GROUPS);
      negligible[block] = Math.abs(largest) < SymmetricSearch.NEGLIGIBLE;
      if (notFinite[block] || negligible[block]) {
        spoiled = true;
        return;
      }
      long at = (long) block * Q6_K.BLOCK_BYTES;
      float inverse = Q6_K.LOWEST_SCALE / largest;
      float d = LittleEndian.putHalf(stored, at + Q6_K.D_OFFSET, 1 / inverse);
      for (int s = 0; s < GROUPS; s++) {
        int nearest = Rounding.nearest(inverse * found[scales(block) + s]);
        byte scale = (byte) Math.min(Q6_K.HIGHEST_SCALE, nearest);
        LittleEndian.putByte(stored, at + Q6_K.SCALES_OFFSET + s, scale);
        map(block * GROUPS + s, d * scale);
      }
    }

    private void map(int group, float scale) {
      float inverse = found[SymmetricCode.CODE_INVERSE * plane + group];
      if (scale != 0) {
        RowCodes.divide(maps, group, 0, scale);
      } else if (inverse != 0) { // the codes do not matter; upstream leaves what the search found
        RowCodes.multiply(maps, group, 0, inverse);
      } else {
        RowCodes.lowest(maps, group);
      }
    }

    /** Blocks that hold something else than finite numbers, or nothing worth a scale. */
    void spoil(MemorySegment stored) {
      for (int b = 0; spoiled && b < notFinite.length; b++) {
        long at = (long) b * Q6_K.BLOCK_BYTES;
        if (notFinite[b]) {
          Blocks.putNotANumber(stored, at, Q6_K.BLOCK_BYTES, Q6_K.D_OFFSET);
        } else if (negligible[b]) {
          stored.asSlice(at, Q6_K.BLOCK_BYTES).fill((byte) 0);
        }
      }
    }
  }
}
