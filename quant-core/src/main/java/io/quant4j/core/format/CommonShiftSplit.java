package io.quant4j.core.format;

/**
 * Split of a group whose vectors are all shifted alike, from running sums over the sorted elements.
 * Upstream: {@code quantize_row_iq1_s_impl} in {@code ggml-quants.c}.
 */
final class CommonShiftSplit extends BestSplit {
  private final int count;
  private final int allVectors;
  private final float[] runningX;
  private final float[] runningWeight;

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
    start();
    for (int first = 0; first <= count; first++) {
      for (int second = first; second <= count; second++) {
        take(first, second, 0);
        take(first, second, allVectors);
      }
    }
    return end(runningX[count] + runningWeight[count]);
  }

  /** Keeps a split if it is better than the best so far. */
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
    take(first, second, shifts, sumX, sumSquares);
  }
}
