package io.quant4j.core.format;

/**
 * Split of a group whose vectors are all shifted alike, from running sums over the sorted elements.
 * Upstream: {@code quantize_row_iq1_s_impl} in {@code ggml-quants.c}.
 */
final class CommonShiftSplit implements TernarySplit {
  private final int count;
  private final int allVectors;
  private final float[] runningX;
  private final float[] runningWeight;
  private int low;
  private int high;
  private int lowered;
  private float scale;
  private float best;

  /**
   * @param count elements of a group
   */
  CommonShiftSplit(int count) {
    this.count = count;
    this.allVectors = (1 << count / TernarySearch.VECTOR) - 1;
    this.runningX = new float[count + 1];
    this.runningWeight = new float[count + 1];
  }

  @Override
  public boolean find(float[] x, int from, float[] weights, int weightsFrom, int[] order) {
    for (int j = 0; j < count; j++) {
      float weight = weights[weightsFrom + order[j]];
      runningX[j + 1] = runningX[j] + weight * x[from + order[j]];
      runningWeight[j + 1] = runningWeight[j] + weight;
    }
    best = -Float.MAX_VALUE;
    scale = 0;
    for (int first = 0; first <= count; first++) {
      for (int second = first; second <= count; second++) {
        take(first, second, 0);
        take(first, second, allVectors);
      }
    }
    boolean found = best != -Float.MAX_VALUE;
    if (!found && !Float.isFinite(runningX[count] + runningWeight[count])) {
      scale = Float.NaN;
    }
    return found;
  }

  /** Keeps a split that is better than the best so far. */
  private void take(int first, int second, int shifts) {
    float minus = TernarySearch.value(0, shifts);
    float zero = TernarySearch.value(1, shifts);
    float plus = TernarySearch.value(2, shifts);
    float sumX =
        runningX[first] * minus
            + (runningX[second] - runningX[first]) * zero
            + (runningX[count] - runningX[second]) * plus;
    float sumSquares =
        runningWeight[first] * minus * minus
            + (runningWeight[second] - runningWeight[first]) * zero * zero
            + (runningWeight[count] - runningWeight[second]) * plus * plus;
    if (sumSquares > 0 && sumX * sumX > best * sumSquares) {
      scale = sumX / sumSquares;
      best = scale * sumX;
      low = first;
      high = second;
      lowered = shifts;
    }
  }

  @Override
  public int low() {
    return low;
  }

  @Override
  public int high() {
    return high;
  }

  @Override
  public int lowered() {
    return lowered;
  }

  @Override
  public float scale() {
    return scale;
  }
}
