package io.quant4j.kernels.vector.encode;

import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.Q3_K;
import io.quant4j.core.format.Rounding;
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
    float most = Blocks.signedLargest(scales, block * COUNT, COUNT);
    float inverse = most == 0 ? 0 : -Q3_K.ZERO_SCALE / most;
    for (int s = 0; s < COUNT; s++) {
      int scale = Rounding.nearest(inverse * scales[block * COUNT + s]);
      int stored = Math.clamp(scale, -Q3_K.ZERO_SCALE, Q3_K.ZERO_SCALE - 1) + Q3_K.ZERO_SCALE;
      scaleCodes[s] = (byte) (most == 0 ? 0 : stored);
    }
    return most == 0 ? 0 : 1 / inverse;
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
