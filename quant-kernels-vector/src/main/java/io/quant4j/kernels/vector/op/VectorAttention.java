package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.kernels.vector.lanes.Exp;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sum;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Attention on tiles. Keys lie element by element, so that the lanes are positions and no sum goes
 * over lanes. Four queries go together where they attend to the same positions, so that each key
 * and value is loaded once for four of them.
 */
public final class VectorAttention implements AttentionKernel {
  /** Stateless. */
  public VectorAttention() {}

  @Override
  public void take(
      AttentionShape shape,
      float[] query,
      int queryOffset,
      int rows,
      float[] keys,
      float[] values,
      int visible,
      float[] largest,
      float[] weights,
      float[] sums,
      float[] scratch) {
    int group = shape.groupSize();
    int headDim = shape.headDim();
    int queries = rows * group;
    int together;
    for (int j = 0; j < queries; j += together) {
      int row = j / group;
      int end = Math.min(TILE, visible + row);
      int begin = begin(shape, visible + row);
      int last = (j + 3) / group;
      boolean four =
          j + 3 < queries
              && end == Math.min(TILE, visible + last)
              && begin == begin(shape, visible + last);
      together = four ? 4 : 1;
      if (begin < end) {
        int q0 = at(shape, queryOffset, j);
        if (four) {
          int q1 = at(shape, queryOffset, j + 1);
          int q2 = at(shape, queryOffset, j + 2);
          int q3 = at(shape, queryOffset, j + 3);
          TileScores.four(query, q0, q1, q2, q3, headDim, keys, end, shape.scale(), scratch);
        } else {
          TileScores.one(query, q0, headDim, keys, end, shape.scale(), scratch);
        }
        float k0 = weigh(shape, scratch, 0, begin, end, largest, weights, j);
        if (four) {
          float k1 = weigh(shape, scratch, TILE, begin, end, largest, weights, j + 1);
          float k2 = weigh(shape, scratch, 2 * TILE, begin, end, largest, weights, j + 2);
          float k3 = weigh(shape, scratch, 3 * TILE, begin, end, largest, weights, j + 3);
          WeightedSum.four(scratch, begin, end, values, headDim, k0, k1, k2, k3, sums, j * headDim);
        } else {
          WeightedSum.one(scratch, begin, end, values, headDim, k0, sums, j * headDim);
        }
      }
    }
  }

  private static int begin(AttentionShape shape, int end) {
    return shape.window() == 0 ? 0 : Math.max(0, end - shape.window());
  }

  private static int at(AttentionShape shape, int offset, int query) {
    int group = shape.groupSize();
    return offset + query / group * shape.queryDim() + query % group * shape.headDim();
  }

  /**
   * Turns the scores of one query into weights.
   *
   * @return what its sums so far are scaled by
   */
  private static float weigh(
      AttentionShape shape,
      float[] scores,
      int at,
      int begin,
      int end,
      float[] largest,
      float[] weights,
      int query) {
    if (shape.softCap() > 0) {
      SoftCap.apply(scores, at, end, shape.softCap());
    }
    FloatVector most = FloatVector.broadcast(Lanes.FLOATS, largest[query]);
    for (int t = 0; t < end; t += COUNT) {
      most = most.lanewise(VectorOperators.MAX, Lanes.floats(scores, at + t), valid(begin, end, t));
    }
    float before = largest[query];
    float now = most.reduceLanes(VectorOperators.MAX);
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    for (int t = 0; t < end; t += COUNT) {
      FloatVector e = Exp.of(Lanes.floats(scores, at + t).sub(now));
      e.intoArray(scores, at + t);
      sum = sum.lanewise(VectorOperators.ADD, e, valid(begin, end, t));
    }
    float kept = (float) Math.exp(before - now);
    largest[query] = now;
    weights[query] = weights[query] * kept + Sum.of(sum);
    return kept;
  }

  /** The lanes from position t on that are attended to. */
  private static VectorMask<Float> valid(int begin, int end, int t) {
    VectorMask<Float> below = Lanes.FLOATS.indexInRange(t, end);
    return begin <= t ? below : below.andNot(Lanes.FLOATS.indexInRange(t, begin));
  }
}
