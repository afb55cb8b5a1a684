package io.quant4j.core.kernel;

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.AttentionShape;

/**
 * Attention in plain steps for every query: scores, bent to the soft cap if there is one, weights,
 * weighted sum of the values.
 */
final class ScalarAttention implements AttentionKernel {

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
    for (int row = 0; row < rows; row++) {
      int end = visible + row;
      int begin = shape.window() == 0 ? 0 : Math.max(0, end - shape.window());
      end = Math.min(end, TILE);
      for (int g = 0; g < group && begin < end; g++) {
        int q = queryOffset + row * shape.queryDim() + g * shape.headDim();
        scores(shape, query, q, keys, begin, end, scratch);
        float kept = weigh(scratch, begin, end, largest, weights, row * group + g);
        addValues(shape, scratch, begin, end, values, kept, sums, row * group + g);
      }
    }
  }

  private static void scores(
      AttentionShape shape,
      float[] query,
      int q,
      float[] keys,
      int begin,
      int end,
      float[] scores) {
    float cap = shape.softCap();
    for (int t = begin; t < end; t++) {
      float product = 0;
      for (int i = 0; i < shape.headDim(); i++) {
        product += query[q + i] * keys[i * TILE + t];
      }
      float score = shape.scale() * product;
      scores[t] = cap > 0 ? (float) (cap * Math.tanh(score / cap)) : score;
    }
  }

  /**
   * Turns scores into weights.
   *
   * @return what the sums so far are scaled by
   */
  private static float weigh(
      float[] scores, int begin, int end, float[] largest, float[] weights, int query) {
    float before = largest[query];
    float most = before;
    for (int t = begin; t < end; t++) {
      most = Math.max(most, scores[t]);
    }
    float sum = 0;
    for (int t = begin; t < end; t++) {
      scores[t] = (float) Math.exp(scores[t] - most);
      sum += scores[t];
    }
    float kept = (float) Math.exp(before - most);
    largest[query] = most;
    weights[query] = weights[query] * kept + sum;
    return kept;
  }

  private static void addValues(
      AttentionShape shape,
      float[] weights,
      int begin,
      int end,
      float[] values,
      float kept,
      float[] sums,
      int query) {
    int headDim = shape.headDim();
    int at = query * headDim;
    for (int i = 0; i < headDim; i++) {
      sums[at + i] *= kept;
    }
    for (int t = begin; t < end; t++) {
      for (int i = 0; i < headDim; i++) {
        sums[at + i] += weights[t] * values[t * headDim + i];
      }
    }
  }
}
