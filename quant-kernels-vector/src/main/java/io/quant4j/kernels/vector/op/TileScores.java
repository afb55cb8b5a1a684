package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.kernels.vector.lanes.Lanes;
import jdk.incubator.vector.FloatVector;

/**
 * Products of queries with the keys of a tile: {@code scores[t] = scale * sum of query[i] *
 * keys[i][t]}, by fused multiply-add in the order of elements, for all positions before {@code end}
 * and up to whole vectors behind it.
 */
final class TileScores {
  private static final int TILE = AttentionKernel.TILE;

  private TileScores() {}

  /** Four queries; the scores of each are {@code TILE} apart. */
  static void four(
      float[] query,
      int q0,
      int q1,
      int q2,
      int q3,
      int headDim,
      float[] keys,
      int end,
      float scale,
      float[] scores) {
    for (int t = 0; t < end; t += 2 * COUNT) {
      FloatVector a0 = FloatVector.zero(Lanes.FLOATS);
      FloatVector b0 = FloatVector.zero(Lanes.FLOATS);
      FloatVector a1 = FloatVector.zero(Lanes.FLOATS);
      FloatVector b1 = FloatVector.zero(Lanes.FLOATS);
      FloatVector a2 = FloatVector.zero(Lanes.FLOATS);
      FloatVector b2 = FloatVector.zero(Lanes.FLOATS);
      FloatVector a3 = FloatVector.zero(Lanes.FLOATS);
      FloatVector b3 = FloatVector.zero(Lanes.FLOATS);
      for (int i = 0; i < headDim; i++) {
        FloatVector a = Lanes.floats(keys, i * TILE + t);
        FloatVector b = Lanes.floats(keys, i * TILE + t + COUNT);
        FloatVector x0 = FloatVector.broadcast(Lanes.FLOATS, query[q0 + i]);
        FloatVector x1 = FloatVector.broadcast(Lanes.FLOATS, query[q1 + i]);
        FloatVector x2 = FloatVector.broadcast(Lanes.FLOATS, query[q2 + i]);
        FloatVector x3 = FloatVector.broadcast(Lanes.FLOATS, query[q3 + i]);
        a0 = a.fma(x0, a0);
        b0 = b.fma(x0, b0);
        a1 = a.fma(x1, a1);
        b1 = b.fma(x1, b1);
        a2 = a.fma(x2, a2);
        b2 = b.fma(x2, b2);
        a3 = a.fma(x3, a3);
        b3 = b.fma(x3, b3);
      }
      a0.mul(scale).intoArray(scores, t);
      b0.mul(scale).intoArray(scores, t + COUNT);
      a1.mul(scale).intoArray(scores, TILE + t);
      b1.mul(scale).intoArray(scores, TILE + t + COUNT);
      a2.mul(scale).intoArray(scores, 2 * TILE + t);
      b2.mul(scale).intoArray(scores, 2 * TILE + t + COUNT);
      a3.mul(scale).intoArray(scores, 3 * TILE + t);
      b3.mul(scale).intoArray(scores, 3 * TILE + t + COUNT);
    }
  }

  /** One query. */
  static void one(
      float[] query, int q, int headDim, float[] keys, int end, float scale, float[] scores) {
    for (int t = 0; t < end; t += 2 * COUNT) {
      FloatVector a = FloatVector.zero(Lanes.FLOATS);
      FloatVector b = FloatVector.zero(Lanes.FLOATS);
      for (int i = 0; i < headDim; i++) {
        FloatVector x = FloatVector.broadcast(Lanes.FLOATS, query[q + i]);
        a = Lanes.floats(keys, i * TILE + t).fma(x, a);
        b = Lanes.floats(keys, i * TILE + t + COUNT).fma(x, b);
      }
      a.mul(scale).intoArray(scores, t);
      b.mul(scale).intoArray(scores, t + COUNT);
    }
  }
}
