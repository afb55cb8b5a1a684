package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;

/** Weights of errors, for groups laid as {@link Groups#load} does. */
final class LaneWeights {
  private LaneWeights() {}

  /** sqrt(mean of x^2) of each group. */
  static void rootMeanSquare(float[] x, int size, int groups, float[] roots) {
    for (int set = 0; set < groups; set += COUNT) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = set * size; i < (set + COUNT) * size; i += COUNT) {
        FloatVector value = fromArray(FLOATS, x, i);
        sum = sum.add(value.mul(value));
      }
      sum.div(size).sqrt().intoArray(roots, set);
    }
  }

  /** {@code base + |x|}, with a base for each group. */
  static void addMagnitude(float[] x, int size, int groups, float[] base, float[] weights) {
    for (int set = 0; set < groups; set += COUNT) {
      FloatVector bases = fromArray(FLOATS, base, set);
      for (int i = set * size; i < (set + COUNT) * size; i += COUNT) {
        bases.add(fromArray(FLOATS, x, i).abs()).intoArray(weights, i);
      }
    }
  }

  /**
   * {@code importance * sqrt(base + x^2)}, with a base for each group; as {@link
   * io.quant4j.core.format.ErrorWeights#fill}.
   *
   * @param weights holds the importance and receives the weights
   */
  static void scaleImportance(float[] x, int size, int groups, float[] base, float[] weights) {
    for (int set = 0; set < groups; set += COUNT) {
      FloatVector bases = fromArray(FLOATS, base, set);
      for (int i = set * size; i < (set + COUNT) * size; i += COUNT) {
        FloatVector value = fromArray(FLOATS, x, i);
        FloatVector root = bases.add(value.mul(value)).sqrt();
        fromArray(FLOATS, weights, i).mul(root).intoArray(weights, i);
      }
    }
  }

  /** {@code x^2}. */
  static void squares(float[] x, float[] weights) {
    for (int i = 0; i < x.length; i += COUNT) {
      FloatVector value = fromArray(FLOATS, x, i);
      value.mul(value).intoArray(weights, i);
    }
  }

  /** Sum of the weights of each group. */
  static void sum(float[] weights, float[] sums) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = 0; i < weights.length; i += COUNT) {
      sum = sum.add(fromArray(FLOATS, weights, i));
    }
    sum.intoArray(sums, 0);
  }
}
