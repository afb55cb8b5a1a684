package io.quant4j.core.sample;

import java.util.Arrays;

/**
 * The tokens that may come next, most likely first. Sorts few of a large vocabulary: what the
 * filters exclude is not sorted.
 */
final class Candidates {
  /** How many usually are enough of a vocabulary without top-k. */
  private static final int FEW = 512;

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
    if (topK > 0 && topK < logits.length) {
      return of(logits, LargestKeys.of(logits, topK)).filtered(topP, minP);
    }
    float max = logits[Sampler.argmax(logits)];
    float least = minP > 0 ? max + (float) Math.log(minP) : Float.NEGATIVE_INFINITY;
    if (minP > 0 || topP >= 1) {
      Candidates all = of(logits, keysAtLeast(logits, least));
      return all.within(topP, max, topP < 1 ? mass(logits, max) : 0).atLeast(least);
    }
    return withinTopP(logits, topP, max);
  }

  /**
   * Applies top-p and min-p to what top-k has left.
   *
   * @param tokens in descending order of their logits
   */
  static Candidates ofLargest(int[] tokens, float[] logits, float topP, float minP) {
    return new Candidates(tokens, logits, tokens.length).filtered(topP, minP);
  }

  private Candidates filtered(float topP, float minP) {
    float max = logits[0];
    Candidates likely = within(topP, max, topP < 1 ? mass(logits, max) : 0);
    return minP > 0 ? likely.atLeast(max + (float) Math.log(minP)) : likely;
  }

  private static Candidates of(float[] logits, long[] keys) {
    int[] tokens = new int[keys.length];
    float[] kept = new float[keys.length];
    for (int i = 0; i < keys.length; i++) {
      tokens[i] = LargestKeys.token(keys[keys.length - 1 - i]);
      kept[i] = logits[tokens[i]];
    }
    return new Candidates(tokens, kept, keys.length);
  }

  /** Sorts a few, and more only if these do not reach the share. */
  private static Candidates withinTopP(float[] logits, float topP, float max) {
    double mass = mass(logits, max);
    for (int count = FEW; count < logits.length; count *= 8) {
      Candidates largest = of(logits, LargestKeys.of(logits, count));
      Candidates within = largest.within(topP, max, mass);
      if (within.count < count) {
        return within;
      }
    }
    return of(logits, keysAtLeast(logits, Float.NEGATIVE_INFINITY)).within(topP, max, mass);
  }

  /** Sorted keys of all logits of at least {@code least}. */
  private static long[] keysAtLeast(float[] logits, float least) {
    int count = 0;
    for (float logit : logits) {
      count += logit >= least ? 1 : 0;
    }
    long[] keys = new long[count];
    for (int i = 0, at = 0; at < count; i++) {
      if (logits[i] >= least) {
        keys[at++] = LargestKeys.key(logits[i], i);
      }
    }
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

  /** The first ones that reach a share of the mass; all if they do not. */
  private Candidates within(float topP, float max, double mass) {
    double sum = 0;
    for (int i = 0; topP < 1 && i < count; i++) {
      sum += Math.exp(logits[i] - max);
      if (sum >= topP * mass) {
        return new Candidates(tokens, logits, i + 1);
      }
    }
    return this;
  }

  /** Those of at least this logit, and the first one. */
  private Candidates atLeast(float least) {
    int kept = count;
    while (kept > 1 && logits[kept - 1] < least) {
      kept--;
    }
    return new Candidates(tokens, logits, kept);
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
