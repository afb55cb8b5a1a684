package io.quant4j.core.format;

import java.util.Arrays;

/**
 * Split of a group of two vectors that are shifted independently, from sums over the sorted
 * elements. Upstream: {@code quantize_row_iq1_m_impl} in {@code ggml-quants.c}.
 *
 * <p>The four ways to shift are summed side by side. Sums of splits that begin alike share what
 * they have in common, in the same order of additions.
 */
final class TwoShiftsSplit extends BestSplit {
  private static final int COUNT = 16;
  private static final int LEVELS = 3;

  /** Ways to shift, in the order in which they are tried: bit k lowers vector k. */
  private static final int[] SHIFTS = {0b00, 0b10, 0b01, 0b11};

  /** Sx of each way, then Sq of each. */
  private static final int SUMS = 2 * SHIFTS.length;

  private final float[] terms = new float[LEVELS * COUNT * SUMS];
  private final float[] minusSums = new float[SUMS];
  private final float[] zeroSums = new float[SUMS];
  private final float[] sums = new float[SUMS];

  @Override
  public boolean find(float[] x, int from, float[] weights, int weightsFrom, int[] order) {
    for (int j = 0; j < COUNT; j++) {
      int vector = order[j] / TernarySearch.VECTOR;
      putTerms(j, vector, x[from + order[j]], weights[weightsFrom + order[j]]);
    }
    start();
    Arrays.fill(minusSums, 0);
    for (int first = 0; first <= COUNT; first++) {
      if (first > 0) {
        add(minusSums, 0, first - 1);
      }
      System.arraycopy(minusSums, 0, zeroSums, 0, SUMS);
      for (int second = first; second <= COUNT; second++) {
        if (second > first) {
          add(zeroSums, 1, second - 1);
        }
        System.arraycopy(zeroSums, 0, sums, 0, SUMS);
        for (int j = second; j < COUNT; j++) {
          add(sums, 2, j);
        }
        take(first, second);
      }
    }
    return end(sums[0] + sums[SHIFTS.length]);
  }

  /** What the element at place j contributes to each sum, at each level. */
  private void putTerms(int j, int vector, float x, float weight) {
    for (int level = 0; level < LEVELS; level++) {
      int at = (level * COUNT + j) * SUMS;
      for (int way = 0; way < SHIFTS.length; way++) {
        float value = TernarySearch.value(level, SHIFTS[way] >> vector);
        terms[at + way] = weight * value * x;
        terms[at + SHIFTS.length + way] = weight * value * value;
      }
    }
  }

  private void add(float[] target, int level, int j) {
    int at = (level * COUNT + j) * SUMS;
    for (int i = 0; i < SUMS; i++) {
      target[i] += terms[at + i];
    }
  }

  /** Keeps a split that is better than the best so far. */
  private void take(int first, int second) {
    for (int way = 0; way < SHIFTS.length; way++) {
      take(first, second, SHIFTS[way], sums[way], sums[SHIFTS.length + way]);
    }
  }
}
