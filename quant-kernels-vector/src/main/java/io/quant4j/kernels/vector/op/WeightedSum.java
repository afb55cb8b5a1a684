package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.kernels.vector.lanes.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Sum of the values of a tile, each times the weight of its position. */
final class WeightedSum {
  private WeightedSum() {}

  /**
   * {@code out = out * kept + sum of weights[t] * value[t]}, by fused multiply-add in the order of
   * positions for every element. Four vectors of elements go together, so that additions need not
   * wait for each other.
   */
  static void add(
      float[] weights,
      int count,
      float[] values,
      int valueAt,
      int stride,
      int headDim,
      float kept,
      float[] out,
      int outAt) {
    int i = 0;
    for (; i <= headDim - 4 * COUNT; i += 4 * COUNT) {
      addFour(weights, count, values, valueAt + i, stride, kept, out, outAt + i);
    }
    for (; i < headDim; i += COUNT) {
      VectorMask<Float> rest = Lanes.FLOATS.indexInRange(i, headDim);
      addOne(weights, count, values, valueAt + i, stride, rest, kept, out, outAt + i);
    }
  }

  private static void addFour(
      float[] weights,
      int count,
      float[] values,
      int valueAt,
      int stride,
      float kept,
      float[] out,
      int outAt) {
    FloatVector s0 = Lanes.floats(out, outAt).mul(kept);
    FloatVector s1 = Lanes.floats(out, outAt + COUNT).mul(kept);
    FloatVector s2 = Lanes.floats(out, outAt + 2 * COUNT).mul(kept);
    FloatVector s3 = Lanes.floats(out, outAt + 3 * COUNT).mul(kept);
    for (int t = 0; t < count; t++) {
      FloatVector w = FloatVector.broadcast(Lanes.FLOATS, weights[t]);
      int v = valueAt + t * stride;
      s0 = Lanes.floats(values, v).fma(w, s0);
      s1 = Lanes.floats(values, v + COUNT).fma(w, s1);
      s2 = Lanes.floats(values, v + 2 * COUNT).fma(w, s2);
      s3 = Lanes.floats(values, v + 3 * COUNT).fma(w, s3);
    }
    s0.intoArray(out, outAt);
    s1.intoArray(out, outAt + COUNT);
    s2.intoArray(out, outAt + 2 * COUNT);
    s3.intoArray(out, outAt + 3 * COUNT);
  }

  private static void addOne(
      float[] weights,
      int count,
      float[] values,
      int valueAt,
      int stride,
      VectorMask<Float> lanes,
      float kept,
      float[] out,
      int outAt) {
    FloatVector sum = Lanes.floats(out, outAt, lanes).mul(kept);
    for (int t = 0; t < count; t++) {
      FloatVector w = FloatVector.broadcast(Lanes.FLOATS, weights[t]);
      sum = Lanes.floats(values, valueAt + t * stride, lanes).fma(w, sum);
    }
    sum.intoArray(out, outAt, lanes);
  }
}
