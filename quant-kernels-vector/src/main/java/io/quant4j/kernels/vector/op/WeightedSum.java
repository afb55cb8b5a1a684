package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.kernels.vector.lanes.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Sums of the values of a tile, each times the weight of its position: {@code sum = sum * kept +
 * sum of weights[t] * values[t]}, by fused multiply-add in the order of positions for every
 * element.
 */
final class WeightedSum {
  private static final int TILE = AttentionKernel.TILE;

  private WeightedSum() {}

  /** Four queries: weights of each are {@code TILE} apart, sums {@code headDim}. */
  static void four(
      float[] weights,
      int begin,
      int end,
      float[] values,
      int headDim,
      float k0,
      float k1,
      float k2,
      float k3,
      float[] sums,
      int at) {
    int i = 0;
    for (; i <= headDim - 2 * COUNT; i += 2 * COUNT) {
      int s1 = at + headDim + i;
      int s2 = s1 + headDim;
      int s3 = s2 + headDim;
      FloatVector a0 = Lanes.floats(sums, at + i).mul(k0);
      FloatVector b0 = Lanes.floats(sums, at + i + COUNT).mul(k0);
      FloatVector a1 = Lanes.floats(sums, s1).mul(k1);
      FloatVector b1 = Lanes.floats(sums, s1 + COUNT).mul(k1);
      FloatVector a2 = Lanes.floats(sums, s2).mul(k2);
      FloatVector b2 = Lanes.floats(sums, s2 + COUNT).mul(k2);
      FloatVector a3 = Lanes.floats(sums, s3).mul(k3);
      FloatVector b3 = Lanes.floats(sums, s3 + COUNT).mul(k3);
      for (int t = begin; t < end; t++) {
        FloatVector a = Lanes.floats(values, t * headDim + i);
        FloatVector b = Lanes.floats(values, t * headDim + i + COUNT);
        FloatVector w0 = FloatVector.broadcast(Lanes.FLOATS, weights[t]);
        FloatVector w1 = FloatVector.broadcast(Lanes.FLOATS, weights[TILE + t]);
        FloatVector w2 = FloatVector.broadcast(Lanes.FLOATS, weights[2 * TILE + t]);
        FloatVector w3 = FloatVector.broadcast(Lanes.FLOATS, weights[3 * TILE + t]);
        a0 = a.fma(w0, a0);
        b0 = b.fma(w0, b0);
        a1 = a.fma(w1, a1);
        b1 = b.fma(w1, b1);
        a2 = a.fma(w2, a2);
        b2 = b.fma(w2, b2);
        a3 = a.fma(w3, a3);
        b3 = b.fma(w3, b3);
      }
      a0.intoArray(sums, at + i);
      b0.intoArray(sums, at + i + COUNT);
      a1.intoArray(sums, s1);
      b1.intoArray(sums, s1 + COUNT);
      a2.intoArray(sums, s2);
      b2.intoArray(sums, s2 + COUNT);
      a3.intoArray(sums, s3);
      b3.intoArray(sums, s3 + COUNT);
    }
    tail(weights, 0, begin, end, values, i, headDim, k0, sums, at);
    tail(weights, TILE, begin, end, values, i, headDim, k1, sums, at + headDim);
    tail(weights, 2 * TILE, begin, end, values, i, headDim, k2, sums, at + 2 * headDim);
    tail(weights, 3 * TILE, begin, end, values, i, headDim, k3, sums, at + 3 * headDim);
  }

  /** One query. */
  static void one(
      float[] weights,
      int begin,
      int end,
      float[] values,
      int headDim,
      float kept,
      float[] sums,
      int at) {
    int i = 0;
    for (; i <= headDim - 2 * COUNT; i += 2 * COUNT) {
      FloatVector a = Lanes.floats(sums, at + i).mul(kept);
      FloatVector b = Lanes.floats(sums, at + i + COUNT).mul(kept);
      for (int t = begin; t < end; t++) {
        FloatVector w = FloatVector.broadcast(Lanes.FLOATS, weights[t]);
        a = Lanes.floats(values, t * headDim + i).fma(w, a);
        b = Lanes.floats(values, t * headDim + i + COUNT).fma(w, b);
      }
      a.intoArray(sums, at + i);
      b.intoArray(sums, at + i + COUNT);
    }
    tail(weights, 0, begin, end, values, i, headDim, kept, sums, at);
  }

  /** The elements from {@code first} on of one query. */
  private static void tail(
      float[] weights,
      int weightsAt,
      int begin,
      int end,
      float[] values,
      int first,
      int headDim,
      float kept,
      float[] sums,
      int at) {
    for (int i = first; i < headDim; i += COUNT) {
      VectorMask<Float> lanes = Lanes.FLOATS.indexInRange(i, headDim);
      FloatVector sum = Lanes.floats(sums, at + i, lanes).mul(kept);
      for (int t = begin; t < end; t++) {
        FloatVector w = FloatVector.broadcast(Lanes.FLOATS, weights[weightsAt + t]);
        sum = Lanes.floats(values, t * headDim + i, lanes).fma(w, sum);
      }
      sum.intoArray(sums, at + i, lanes);
    }
  }
}
