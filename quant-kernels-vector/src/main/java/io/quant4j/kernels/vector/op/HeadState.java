package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.kernels.vector.lanes.Exp;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sum;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The online softmax of one query head, and its steps over a tile of positions. */
final class HeadState {
  /** Positions per tile: a multiple of the lanes; keys and values of it stay in the cache. */
  static final int TILE = 64;

  private final int headDim;
  private final float scale;
  private final float softCap;
  private final float[] scores = new float[TILE];
  private float[] query = {};
  private float[] out = {};
  private int queryAt;
  private int outAt;
  private float largest;
  private float sum;

  /**
   * @param softCap bound that scores are bent to; 0 for none
   */
  HeadState(int headDim, float scale, float softCap) {
    this.headDim = headDim;
    this.scale = scale;
    this.softCap = softCap;
  }

  /** Starts anew with a query and the place of its result. */
  void begin(float[] query, int queryAt, float[] out, int outAt) {
    this.query = query;
    this.queryAt = queryAt;
    this.out = out;
    this.outAt = outAt;
    largest = Float.NEGATIVE_INFINITY;
    sum = 0;
    Arrays.fill(out, outAt, outAt + headDim, 0);
  }

  /**
   * Takes in a tile of positions.
   *
   * @param keyAt first key of the tile; the next ones follow {@code stride} apart
   * @param valueAt first value, in the same way
   */
  void take(float[] keys, int keyAt, float[] values, int valueAt, int stride, int count) {
    Dot.scores(query, queryAt, keys, keyAt, stride, count, headDim, scale, scores);
    if (softCap > 0) {
      SoftCap.apply(scores, count, softCap);
    }
    float before = largest;
    largest = Math.max(before, largest(scores, count));
    float kept = (float) Math.exp(before - largest);
    sum = sum * kept + exponentials(scores, count, largest);
    WeightedSum.add(scores, count, values, valueAt, stride, headDim, kept, out, outAt);
  }

  /** Turns the weighted sum into the weighted mean. */
  void end() {
    int whole = Lanes.FLOATS.loopBound(headDim);
    for (int i = 0; i < whole; i += COUNT) {
      Lanes.floats(out, outAt + i).div(sum).intoArray(out, outAt + i);
    }
    for (int i = whole; i < headDim; i++) {
      out[outAt + i] /= sum;
    }
  }

  private static float largest(float[] scores, int count) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int t = 0; t < count; t++) {
      largest = Math.max(largest, scores[t]);
    }
    return largest;
  }

  /** Replaces scores by exp(score - largest) and returns their sum. */
  private static float exponentials(float[] scores, int count, float largest) {
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    for (int t = 0; t < count; t += COUNT) {
      VectorMask<Float> valid = Lanes.FLOATS.indexInRange(t, count);
      FloatVector e = Exp.of(Lanes.floats(scores, t).sub(largest));
      e.intoArray(scores, t);
      sum = sum.lanewise(VectorOperators.ADD, e, valid);
    }
    return Sum.of(sum);
  }
}
