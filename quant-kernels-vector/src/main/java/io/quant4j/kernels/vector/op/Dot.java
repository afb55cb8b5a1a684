package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sum;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Products of one query with the keys of a tile. */
final class Dot {
  private Dot() {}

  /**
   * {@code scores[t] = scale * query . key[t]}. Four keys go together, so that the query is loaded
   * once for them and additions need not wait for each other.
   */
  static void scores(
      float[] query,
      int queryAt,
      float[] keys,
      int keyAt,
      int stride,
      int count,
      int headDim,
      float scale,
      float[] scores) {
    int whole = Lanes.FLOATS.loopBound(headDim);
    VectorMask<Float> rest = Lanes.first(headDim - whole);
    for (int t = 0; t < count; t += 4) {
      // Beyond the last key the others repeat it; the surplus scores are not used.
      int k0 = keyAt + t * stride;
      int k1 = keyAt + Math.min(t + 1, count - 1) * stride;
      int k2 = keyAt + Math.min(t + 2, count - 1) * stride;
      int k3 = keyAt + Math.min(t + 3, count - 1) * stride;
      FloatVector s0 = FloatVector.zero(Lanes.FLOATS);
      FloatVector s1 = FloatVector.zero(Lanes.FLOATS);
      FloatVector s2 = FloatVector.zero(Lanes.FLOATS);
      FloatVector s3 = FloatVector.zero(Lanes.FLOATS);
      for (int i = 0; i < whole; i += COUNT) {
        FloatVector q = Lanes.floats(query, queryAt + i);
        s0 = Lanes.floats(keys, k0 + i).fma(q, s0);
        s1 = Lanes.floats(keys, k1 + i).fma(q, s1);
        s2 = Lanes.floats(keys, k2 + i).fma(q, s2);
        s3 = Lanes.floats(keys, k3 + i).fma(q, s3);
      }
      if (whole < headDim) {
        FloatVector q = Lanes.floats(query, queryAt + whole, rest);
        s0 = Lanes.floats(keys, k0 + whole, rest).fma(q, s0);
        s1 = Lanes.floats(keys, k1 + whole, rest).fma(q, s1);
        s2 = Lanes.floats(keys, k2 + whole, rest).fma(q, s2);
        s3 = Lanes.floats(keys, k3 + whole, rest).fma(q, s3);
      }
      scores[t] = scale * Sum.of(s0);
      scores[t + 1] = scale * Sum.of(s1);
      scores[t + 2] = scale * Sum.of(s2);
      scores[t + 3] = scale * Sum.of(s3);
    }
  }
}
