package io.quant4j.kernels.vector.machine.encode;

import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.Q3_K;
import io.quant4j.core.format.SymmetricSearch;
import io.quant4j.kernels.vector.encode.Q3_KScales;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Groups of Q3_K without importance. */
final class PlainQ3_KRow extends Q3_KRow {
  private static final int BLOCK_MAP = GROUPS * CodesCode.MAP_FLOATS;

  private final int plane;
  private final float[] found;

  /** Levels as {@link CoordinateCode} lays them. */
  private final float[] levels;

  /** Whether a group keeps the codes of the search. */
  private final boolean[] fromSearch;

  private boolean some;

  PlainQ3_KRow(float[] row, int from, int cols, RowSearch search, RowCodes codes) {
    super(row, from, cols, codes);
    plane = search.planeFloats(cols);
    found = new float[CoordinateCode.PLANES * plane];
    levels = new float[search.padded(cols)];
    fromSearch = new boolean[cols / SIZE];
    search.run(row, from, cols, null, levels, found, CoordinateCode.PLANES);
  }

  private int scales(int block) {
    return CoordinateCode.SCALE * plane + block * GROUPS;
  }

  @Override
  boolean finite(int block) {
    return Blocks.finite(found, CoordinateCode.MAGNITUDE * plane + block * GROUPS, GROUPS)
        && Blocks.finite(found, scales(block), GROUPS);
  }

  @Override
  float chooseScales(int block, byte[] scaleCodes) {
    float inverse = Q3_KScales.inverse(found, scales(block));
    Q3_KScales.integers(inverse, found, scales(block), scaleCodes);
    return inverse == 0 ? 0 : 1 / inverse;
  }

  @Override
  void mapFound(int group) {
    if (Math.abs(found[CoordinateCode.LARGEST * plane + group]) < SymmetricSearch.NEGLIGIBLE) {
      RowCodes.lowest(maps, group);
    } else {
      RowCodes.divide(maps, group, 0, 1);
      fromSearch[group] = true;
      some = true;
    }
  }

  /**
   * Codes of this search do not follow from a scale: where they are asked for, the levels take the
   * place of the elements.
   */
  @Override
  void complete(int block, MemorySegment stored) {
    if (!some || !isFromSearch(block)) {
      return;
    }
    int first = from + block * Q3_K.BLOCK_ELEMENTS;
    float[] elements = Arrays.copyOfRange(row, first, first + Q3_K.BLOCK_ELEMENTS);
    for (int s = 0; s < GROUPS; s++) {
      if (fromSearch[block * GROUPS + s]) {
        takeLevels(block * GROUPS + s, elements, s * SIZE);
      }
    }
    float[] map = Arrays.copyOfRange(maps, block * BLOCK_MAP, (block + 1) * BLOCK_MAP);
    long at = (long) block * Q3_K.BLOCK_BYTES;
    codes.store(elements, 0, map, stored.asSlice(at, Q3_K.BLOCK_BYTES));
  }

  private boolean isFromSearch(int block) {
    for (int s = 0; s < GROUPS; s++) {
      if (fromSearch[block * GROUPS + s]) {
        return true;
      }
    }
    return false;
  }

  private void takeLevels(int group, float[] elements, int to) {
    int at = group / Workspace.LANES * SIZE * Workspace.LANES + group % Workspace.LANES;
    for (int i = 0; i < SIZE; i++) {
      elements[to + i] = levels[at + i * Workspace.LANES];
    }
  }
}
