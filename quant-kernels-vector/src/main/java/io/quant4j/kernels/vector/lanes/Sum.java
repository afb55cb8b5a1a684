package io.quant4j.kernels.vector.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Sums over lanes in one fixed order. {@code reduceLanes(ADD)} leaves the order of float additions
 * open, so that it may differ between interpreter and compiler.
 */
public final class Sum {
  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private Sum() {}

  private static VectorShuffle<Float> rotation(int lanes) {
    return VectorShuffle.iota(Lanes.FLOATS, lanes % Lanes.COUNT, 1, true);
  }

  /** Sum of all lanes: the upper half is added to the lower one until one lane is left. */
  public static float of(FloatVector v) {
    FloatVector sum = v;
    if (Lanes.COUNT > 8) {
      sum = sum.add(sum.rearrange(BY_8));
    }
    if (Lanes.COUNT > 4) {
      sum = sum.add(sum.rearrange(BY_4));
    }
    sum = sum.add(sum.rearrange(BY_2));
    sum = sum.add(sum.rearrange(BY_1));
    return sum.lane(0);
  }
}
