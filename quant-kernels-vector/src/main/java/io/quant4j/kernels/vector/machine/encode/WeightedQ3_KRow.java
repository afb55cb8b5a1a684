package io.quant4j.kernels.vector.machine.encode;

import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.ErrorWeights;
import io.quant4j.core.format.Q3_K;
import io.quant4j.kernels.vector.encode.Q3_KScales;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Groups of Q3_K with importance. */
final class WeightedQ3_KRow extends Q3_KRow {
  /** Factor of the block's mean square in the weights. */
  private static final int BASE = 2;

  private final int plane;
  private final float[] found;

  /** Of blocks: the scales of their scales, and what turns scales into integers. */
  private final float[] foundScales;

  private final int scalePlane;

  /**
   * Searches.
   *
   * @param search of scales of groups
   * @param scaleSearch of scales of their scales
   */
  WeightedQ3_KRow(
      float[] row,
      int from,
      int cols,
      float[] importance,
      RowSearch search,
      RowSearch scaleSearch,
      RowCodes codes) {
    super(row, from, cols, codes);
    plane = search.planeFloats(cols);
    found = new float[SymmetricCode.PLANES * plane];
    int groups = cols / SIZE;
    for (int group = 0; group < groups; group += GROUPS) {
      float base = ErrorWeights.meanSquare(row, from + group * SIZE, Q3_K.BLOCK_ELEMENTS, BASE);
      int at = SymmetricCode.MAGNITUDE * plane + group;
      Arrays.fill(found, at, at + GROUPS, base);
    }
    search.run(row, from, cols, importance, null, found, SymmetricCode.PLANES);
    int sums = SymmetricCode.SUM_OF_WEIGHTS * plane;
    float[] weights = Arrays.copyOfRange(found, sums, sums + groups);
    scalePlane = scaleSearch.planeFloats(groups);
    foundScales = new float[SymmetricCode.PLANES * scalePlane];
    int scales = SymmetricCode.SCALE * plane;
    scaleSearch.run(found, scales, groups, weights, null, foundScales, SymmetricCode.PLANES);
  }

  @Override
  boolean finite(int block) {
    int first = block * GROUPS;
    return Blocks.finite(found, SymmetricCode.MAGNITUDE * plane + first, GROUPS)
        && Blocks.finite(found, SymmetricCode.SCALE * plane + first, GROUPS);
  }

  @Override
  float chooseScales(int block, byte[] scaleCodes) {
    int scales = SymmetricCode.SCALE * plane + block * GROUPS;
    float inverse = foundScales[SymmetricCode.CODE_INVERSE * scalePlane + block];
    Q3_KScales.integers(inverse, found, scales, scaleCodes);
    return foundScales[SymmetricCode.SCALE * scalePlane + block];
  }

  @Override
  void mapFound(int group) {
    float inverse = found[SymmetricCode.CODE_INVERSE * plane + group];
    if (inverse == 0) {
      RowCodes.lowest(maps, group);
    } else {
      RowCodes.multiply(maps, group, 0, inverse);
    }
  }

  @Override
  void complete(int block, MemorySegment stored) {}
}
