package io.quant4j.core.kernel;

import io.quant4j.api.spi.ExpertChoice;
import java.util.Arrays;

/** The choice of a batch, with its rows also in the order of the experts. */
final class HostExpertChoice implements ExpertChoice {
  private final int batch;
  private final int used;
  private final int[] experts;
  private final float[] weights;
  private final int[] rows;
  private final int[] starts;

  /**
   * @param count experts there are
   * @param experts (batch, used)
   * @param weights (batch, used)
   */
  HostExpertChoice(int batch, int used, int count, int[] experts, float[] weights) {
    this.batch = batch;
    this.used = used;
    this.experts = experts;
    this.weights = weights;
    starts = new int[count + 1];
    for (int expert : experts) {
      starts[expert + 1]++;
    }
    for (int e = 0; e < count; e++) {
      starts[e + 1] += starts[e];
    }
    int[] next = starts.clone();
    rows = new int[experts.length];
    for (int row = 0; row < experts.length; row++) {
      rows[next[experts[row]]++] = row;
    }
  }

  /**
   * The softmax of one token's logits and its largest shares.
   *
   * @param logits {@code count} from {@code offset}
   * @param normalized whether the weights add up to 1
   * @param experts receives {@code used} indices from {@code at}
   * @param weights receives {@code used} weights from {@code at}
   */
  static void choose(
      float[] logits,
      int offset,
      int count,
      int used,
      boolean normalized,
      int[] experts,
      float[] weights,
      int at) {
    double[] shares = shares(logits, offset, count);
    double sum = 0;
    for (int k = 0; k < used; k++) {
      int best = 0;
      for (int e = 1; e < count; e++) {
        if (shares[e] > shares[best]) {
          best = e;
        }
      }
      experts[at + k] = best;
      weights[at + k] = (float) shares[best];
      sum += shares[best];
      shares[best] = -1;
    }
    for (int k = 0; normalized && k < used; k++) {
      weights[at + k] = (float) (weights[at + k] / sum);
    }
  }

  private static double[] shares(float[] logits, int offset, int count) {
    double[] shares = new double[count];
    float max = Float.NEGATIVE_INFINITY;
    for (int e = 0; e < count; e++) {
      max = Math.max(max, logits[offset + e]);
    }
    double sum = 0;
    for (int e = 0; e < count; e++) {
      shares[e] = Math.exp(logits[offset + e] - max);
      sum += shares[e];
    }
    for (int e = 0; e < count; e++) {
      shares[e] /= sum;
    }
    return shares;
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public int used() {
    return used;
  }

  @Override
  public int[] experts() {
    return experts.clone();
  }

  /** Weight of a row {@code b * used + k}. */
  float weight(int row) {
    return weights[row];
  }

  /** The rows {@code b * used + k} of one expert, ascending. */
  int[] rowsOf(int expert) {
    return Arrays.copyOfRange(rows, starts[expert], starts[expert + 1]);
  }
}
