package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.VectorWidth.FLOATS;
import static io.quant4j.kernels.vector.VectorWidth.LANES;

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.kernels.vector.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Attention by online softmax (Milakov and Gimelshein 2018): keys and values are read once, in tiles that stay in the cache
 * while all query heads of the group use them. Each head keeps the largest score so far, the sum of its weights and the
 * weighted sum of the values, which are scaled down when a larger score appears.
 */
public final class VectorAttention implements AttentionKernel {
  /** Tokens of a tile; a multiple of every vector's length. */
  private static final int TILE = 64;

  /** Stateless. */
  public VectorAttention() {}

  @Override
  public void attend(
      AttentionShape shape,
      float[] query,
      int queryOffset,
      float[] keys,
      int keysOffset,
      float[] values,
      int valuesOffset,
      int firstPosition,
      int unitBegin,
      int unitEnd,
      float[] out,
      int outOffset) {
    Group group = new Group(shape);
    for (int unit = unitBegin; unit < unitEnd; unit++) {
      int row = unit / shape.kvHeads();
      int kvHead = unit % shape.kvHeads();
      int heads = row * shape.queryDim() + kvHead * shape.groupSize() * shape.headDim();
      int kv = kvHead * shape.headDim();
      int length = firstPosition + row + 1;
      group.begin(out, outOffset + heads);
      for (int first = 0; first < length; first += TILE) {
        int count = Math.min(TILE, length - first);
        int at = kv + first * shape.kvDim();
        for (int head = 0; head < shape.groupSize(); head++) {
          group.scores(query, queryOffset + heads, head, keys, keysOffset + at, count);
          group.addValues(head, values, valuesOffset + at, count, out, outOffset + heads);
        }
      }
      group.end(out, outOffset + heads);
    }
  }

  /** The heads that share keys and values, for one row at a time. */
  private static final class Group {
    private final int heads;
    private final int dim;
    private final int kvDim;
    private final int bound;
    private final float scale;
    private final float[] largest;
    private final float[] sums;
    private final float[] scores = new float[TILE];

    Group(AttentionShape shape) {
      heads = shape.groupSize();
      dim = shape.headDim();
      kvDim = shape.kvDim();
      bound = FLOATS.loopBound(dim);
      scale = shape.scale();
      largest = new float[heads];
      sums = new float[heads];
    }

    void begin(float[] out, int at) {
      Arrays.fill(largest, Float.NEGATIVE_INFINITY);
      Arrays.fill(sums, 0);
      Arrays.fill(out, at, at + heads * dim, 0);
    }

    /** Scores of a tile; the places behind its last token get no weight. */
    void scores(float[] query, int queryAt, int head, float[] keys, int keysAt, int count) {
      int q = queryAt + head * dim;
      for (int t = 0; t < count; t++) {
        scores[t] = scale * dot(query, q, keys, keysAt + t * kvDim);
      }
      Arrays.fill(scores, count, TILE, Float.NEGATIVE_INFINITY);
    }

    private float dot(float[] a, int aAt, float[] b, int bAt) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < bound; i += LANES) {
        FloatVector v = FloatVector.fromArray(FLOATS, a, aAt + i);
        sum = v.fma(FloatVector.fromArray(FLOATS, b, bAt + i), sum);
      }
      float result = Lanes.sum(sum);
      for (int i = bound; i < dim; i++) {
        result += a[aAt + i] * b[bAt + i];
      }
      return result;
    }

    /** Turns the scores into weights and adds the weighted values. */
    void addValues(int head, float[] values, int valuesAt, int count, float[] out, int outAt) {
      int o = outAt + head * dim;
      float max = largest[head];
      for (int t = 0; t < count; t++) {
        max = Math.max(max, scores[t]);
      }
      float shrink = (float) Math.exp(largest[head] - max);
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int t = 0; t < TILE; t += LANES) {
        FloatVector distance = FloatVector.fromArray(FLOATS, scores, t).sub(max);
        FloatVector weights = Exponential.of(distance);
        weights.intoArray(scores, t);
        sum = sum.add(weights);
      }
      sums[head] = sums[head] * shrink + Lanes.sum(sum);
      largest[head] = max;
      for (int i = 0; i < bound; i += LANES) {
        FloatVector acc = FloatVector.fromArray(FLOATS, out, o + i).mul(shrink);
        for (int t = 0; t < count; t++) {
          FloatVector v = FloatVector.fromArray(FLOATS, values, valuesAt + t * kvDim + i);
          acc = v.fma(FloatVector.broadcast(FLOATS, scores[t]), acc);
        }
        acc.intoArray(out, o + i);
      }
      for (int i = bound; i < dim; i++) {
        float acc = out[o + i] * shrink;
        for (int t = 0; t < count; t++) {
          acc += scores[t] * values[valuesAt + t * kvDim + i];
        }
        out[o + i] = acc;
      }
    }

    void end(float[] out, int at) {
      for (int head = 0; head < heads; head++) {
        float inverse = 1 / sums[head];
        for (int i = 0; i < dim; i++) {
          out[at + head * dim + i] *= inverse;
        }
      }
    }
  }
}
