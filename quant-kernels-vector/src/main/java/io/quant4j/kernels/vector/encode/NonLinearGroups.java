package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.core.format.ErrorWeights;
import io.quant4j.core.format.NonLinearCodes;
import org.jspecify.annotations.Nullable;

/** Scales of the groups of a row of IQ4_NL or IQ4_XS. */
final class NonLinearGroups {
  private static final int SIZE = NonLinearCodes.GROUP_ELEMENTS;

  private NonLinearGroups() {}

  /**
   * The scale of each group; not finite where a sum overflowed, of no meaning where an element is
   * not finite.
   *
   * @param blockElements elements over which weights with importance take the mean square
   */
  static float[] scales(
      float[] row, int rowOffset, int cols, float @Nullable [] importance, int blockElements) {
    float[] scales = new float[cols / SIZE];
    NonLinearLanes search = new NonLinearLanes();
    float[] base = new float[COUNT];
    for (int first = 0; first < scales.length; first += COUNT) {
      int count = Math.min(COUNT, scales.length - first);
      Groups.load(row, rowOffset + first * SIZE, SIZE, count, search.x);
      if (importance == null) {
        LaneWeights.squares(search.x, search.weights);
      } else {
        Groups.load(importance, first * SIZE, SIZE, count, search.weights);
        for (int l = 0; l < count; l++) {
          int column = (first + l) * SIZE;
          base[l] =
              l == 0 || column % blockElements == 0
                  ? ErrorWeights.meanSquare(
                      row, rowOffset + column - column % blockElements, blockElements, 2)
                  : base[l - 1];
        }
        LaneWeights.scaleImportance(search.x, SIZE, count, base, search.weights);
      }
      search.fit();
      System.arraycopy(search.scale, 0, scales, first, count);
    }
    return scales;
  }
}
