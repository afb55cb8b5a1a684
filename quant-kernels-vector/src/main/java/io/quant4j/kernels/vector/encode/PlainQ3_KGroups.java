package io.quant4j.kernels.vector.encode;

import io.quant4j.core.format.Q3_K;
import io.quant4j.core.format.SymmetricSearch;
import io.quant4j.kernels.vector.lanes.Lanes;

/** Groups of Q3_K without importance. */
final class PlainQ3_KGroups extends Q3_KGroups {
  private final float[] largest;

  /** Levels as the search lays them: of group g in lane g % lanes of stretch g / lanes. */
  private final float[] levels;

  PlainQ3_KGroups(float[] row, int rowOffset, int cols) {
    super(row, rowOffset, cols);
    int groups = scales.length;
    int stretch = SIZE * Lanes.COUNT;
    largest = new float[groups];
    levels = new float[Math.ceilDiv(groups, Lanes.COUNT) * stretch];
    CoordinateLanes search = new CoordinateLanes(SIZE, Q3_K.ZERO_CODE);
    for (int first = 0; first < groups; first += Lanes.COUNT) {
      int count = Math.min(Lanes.COUNT, groups - first);
      Groups.load(row, rowOffset + first * SIZE, SIZE, count, search.x);
      search.fit();
      System.arraycopy(search.scale, 0, scales, first, count);
      System.arraycopy(search.largest, 0, largest, first, count);
      System.arraycopy(search.levels, 0, levels, first / Lanes.COUNT * stretch, stretch);
    }
  }

  @Override
  float chooseScales(int block, byte[] scaleCodes) {
    float inverse = Q3_KScales.inverse(scales, block * COUNT);
    Q3_KScales.integers(inverse, scales, block * COUNT, scaleCodes);
    return inverse == 0 ? 0 : 1 / inverse;
  }

  @Override
  void takeFound(int group, int[] codes, int to) {
    boolean negligible = Math.abs(largest[group]) < SymmetricSearch.NEGLIGIBLE;
    int at = group / Lanes.COUNT * SIZE * Lanes.COUNT + group % Lanes.COUNT;
    for (int i = 0; i < SIZE; i++) {
      codes[to + i] = negligible ? 0 : (int) levels[at + i * Lanes.COUNT] + Q3_K.ZERO_CODE;
    }
  }
}
