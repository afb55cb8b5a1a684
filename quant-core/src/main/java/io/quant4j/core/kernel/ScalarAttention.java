package io.quant4j.core.kernel;

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.AttentionShape;
import java.util.Arrays;

/**
 * Attention in three plain steps for every head: scores, bent to the soft cap if there is one,
 * softmax, weighted sum of the values.
 */
final class ScalarAttention implements AttentionKernel {

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
    int lastRow = (unitEnd - 1) / shape.kvHeads();
    float[] scores = new float[firstPosition + lastRow + 1];
    for (int unit = unitBegin; unit < unitEnd; unit++) {
      int row = unit / shape.kvHeads();
      int kvHead = unit % shape.kvHeads();
      int length = firstPosition + row + 1;
      for (int g = 0; g < shape.groupSize(); g++) {
        int head = kvHead * shape.groupSize() + g;
        int at = row * shape.queryDim() + head * shape.headDim();
        int kvAt = kvHead * shape.headDim();
        scores(shape, query, queryOffset + at, keys, keysOffset + kvAt, scores, length);
        softmax(scores, length);
        weightedSum(shape, scores, length, values, valuesOffset + kvAt, out, outOffset + at);
      }
    }
  }

  private static void scores(
      AttentionShape shape, float[] query, int q, float[] keys, int k, float[] scores, int length) {
    for (int t = 0; t < length; t++) {
      scores[t] =
          shape.scale() * ScalarMatMul.dot(query, q, keys, k + t * shape.kvDim(), shape.headDim());
    }
    float cap = shape.softCap();
    for (int t = 0; cap > 0 && t < length; t++) {
      scores[t] = (float) (cap * Math.tanh(scores[t] / cap));
    }
  }

  private static void softmax(float[] scores, int length) {
    float max = Float.NEGATIVE_INFINITY;
    for (int t = 0; t < length; t++) {
      max = Math.max(max, scores[t]);
    }
    float sum = 0;
    for (int t = 0; t < length; t++) {
      scores[t] = (float) Math.exp(scores[t] - max);
      sum += scores[t];
    }
    for (int t = 0; t < length; t++) {
      scores[t] /= sum;
    }
  }

  private static void weightedSum(
      AttentionShape shape, float[] scores, int length, float[] values, int v, float[] out, int o) {
    Arrays.fill(out, o, o + shape.headDim(), 0f);
    for (int t = 0; t < length; t++) {
      int row = v + t * shape.kvDim();
      for (int i = 0; i < shape.headDim(); i++) {
        out[o + i] += scores[t] * values[row + i];
      }
    }
  }
}
