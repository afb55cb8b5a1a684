package io.quant4j.kernels.vector.codebook;

import io.quant4j.core.format.NeighbourChoice;
import io.quant4j.core.format.TernarySearch;
import io.quant4j.kernels.vector.lanes.Lanes;

/** {@link NeighbourChoice} with one neighbour per lane. Immutable. */
final class TernaryLanes implements NeighbourChoice {
  private final NeighbourLists lists;
  private final float[] raised = new float[Lanes.COUNT];
  private final float[] lowered = new float[Lanes.COUNT];

  TernaryLanes(NeighbourLists lists) {
    this.lists = lists;
    for (int i = 0; i < Lanes.COUNT; i++) {
      raised[i] = TernarySearch.value(i % 4, 0);
      lowered[i] = TernarySearch.value(i % 4, 1);
    }
  }

  @Override
  public int best(
      int candidate,
      float scale,
      int shift,
      float[] x,
      int from,
      float[] weights,
      int weightsFrom) {
    float[] values = (shift & 1) == 0 ? raised : lowered;
    int place =
        BestNeighbour.ofEight(
            lists.levels,
            lists.start(candidate),
            lists.end(candidate),
            values,
            scale,
            x,
            from,
            weights,
            weightsFrom);
    return lists.point(place);
  }
}
