package io.quant4j.core.sample;

import java.util.Arrays;

/**
 * The tokens that may come next, most likely first. Works on few of a large vocabulary: what min-p
 * excludes is never sorted.
 */
final class Candidates {
  private final int[] tokens;
  private final float[] logits;
  private final int count;

  private Candidates(int[] tokens, float[] logits, int count) {
    this.tokens = tokens;
    this.logits = logits;
    this.count = count;
  }

  /**
   * Applies top-k, top-p and min-p, in this order.
   *
   * @param logits (vocab)
   * @param topK 0 for all
   * @param topP share of the probability that the kept tokens reach, 1 for all
   * @param minP least probability relative to the most likely token, 0 for all
   */
  static Candidates of(float[] logits, int topK, float topP, float minP) {
    boolean all = topK == 0 || topK >= logits.length;
    float max = logits[Sampler.argmax(logits)];
    float least = minP > 0 ? max + (float) Math.log(minP) : Float.NEGATIVE_INFINITY;
    long[] keys = all ? keysAtLeast(logits, least) : LargestKeys.of(logits, topK);
    int count = keys.length;
    int[] tokens = new int[count];
    float[] kept = new float[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = LargestKeys.token(keys[count - 1 - i]);
      kept[i] = logits[tokens[i]];
    }
    count = withinTopP(kept, topP, max, all ? mass(logits, max) : mass(kept, max));
    while (count > 1 && kept[count - 1] < least) {
      count--;
    }
    return new Candidates(tokens, kept, count);
  }

  /** Sorted keys of all logits of at least {@code least}. */
  private static long[] keysAtLeast(float[] logits, float least) {
    long[] keys = new long[logits.length];
    int count = 0;
    for (int i = 0; i < logits.length; i++) {
      if (logits[i] >= least) {
        keys[count++] = LargestKeys.key(logits[i], i);
      }
    }
    keys = Arrays.copyOf(keys, count);
    Arrays.sort(keys);
    return keys;
  }

  private static double mass(float[] logits, float max) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return sum;
  }

  private static int withinTopP(float[] logits, float topP, float max, double mass) {
    if (topP >= 1) {
      return logits.length;
    }
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      sum += Math.exp(logits[i] - max);
      if (sum >= topP * mass) {
        return i + 1;
      }
    }
    return logits.length;
  }

  /**
   * Draws one of the candidates.
   *
   * @param chance uniform in [0, 1)
   */
  int draw(float temperature, double chance) {
    double[] weights = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      weights[i] = Math.exp((logits[i] - logits[0]) / temperature);
      sum += weights[i];
    }
    double left = chance * sum;
    for (int i = 0; i < count; i++) {
      left -= weights[i];
      if (left < 0) {
        return tokens[i];
      }
    }
    return tokens[count - 1];
  }
}
