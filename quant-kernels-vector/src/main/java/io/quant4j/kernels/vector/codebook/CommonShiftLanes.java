package io.quant4j.kernels.vector.codebook;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static jdk.incubator.vector.VectorOperators.GT;

import io.quant4j.core.format.BestSplit;
import io.quant4j.core.format.TernarySearch;
import io.quant4j.kernels.vector.lanes.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The split of {@code io.quant4j.core.format.CommonShiftSplit} with one place of the second
 * boundary per lane. Splits are taken in the same order: where a lane beats the best so far, the
 * vector is gone through once more lane by lane.
 */
final class CommonShiftLanes extends BestSplit {
  private static final float MINUS_RAISED = TernarySearch.value(0, 0);
  private static final float ZERO_RAISED = TernarySearch.value(1, 0);
  private static final float PLUS_RAISED = TernarySearch.value(2, 0);
  private static final float MINUS_LOWERED = TernarySearch.value(0, 1);
  private static final float ZERO_LOWERED = TernarySearch.value(1, 1);
  private static final float PLUS_LOWERED = TernarySearch.value(2, 1);

  private final int count;
  private final int allVectors;
  private final float[] runningX;
  private final float[] runningWeight;
  private final float[] raisedX = new float[COUNT];
  private final float[] raisedSquares = new float[COUNT];
  private final float[] loweredX = new float[COUNT];
  private final float[] loweredSquares = new float[COUNT];

  CommonShiftLanes(int count) {
    this.count = count;
    this.allVectors = (1 << count / TernarySearch.VECTOR) - 1;
    // Behind the end weights are NaN, so that no sum of squares there is positive.
    this.runningX = new float[count + COUNT];
    this.runningWeight = new float[count + COUNT];
    Arrays.fill(runningWeight, Float.NaN);
    runningWeight[0] = 0;
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
      for (int second = first; second <= count; second += COUNT) {
        if (better(first, second)) {
          for (int lane = 0; lane < COUNT; lane++) {
            take(first, second + lane, 0, raisedX[lane], raisedSquares[lane]);
            take(first, second + lane, allVectors, loweredX[lane], loweredSquares[lane]);
          }
        }
      }
    }
    return end(runningX[count] + runningWeight[count]);
  }

  /**
   * Whether a lane from {@code second} on is better than the best so far; stores the sums if so.
   */
  private boolean better(int first, int second) {
    FloatVector xs = Lanes.floats(runningX, second);
    FloatVector zeroX = xs.sub(runningX[first]);
    FloatVector plusX = xs.neg().add(runningX[count]);
    FloatVector ws = Lanes.floats(runningWeight, second);
    FloatVector zeroWeight = ws.sub(runningWeight[first]);
    FloatVector plusWeight = ws.neg().add(runningWeight[count]);
    FloatVector raised =
        zeroX.mul(ZERO_RAISED).add(runningX[first] * MINUS_RAISED).add(plusX.mul(PLUS_RAISED));
    FloatVector lowered =
        zeroX.mul(ZERO_LOWERED).add(runningX[first] * MINUS_LOWERED).add(plusX.mul(PLUS_LOWERED));
    FloatVector squaresRaised =
        zeroWeight
            .mul(ZERO_RAISED)
            .mul(ZERO_RAISED)
            .add(runningWeight[first] * MINUS_RAISED * MINUS_RAISED)
            .add(plusWeight.mul(PLUS_RAISED).mul(PLUS_RAISED));
    FloatVector squaresLowered =
        zeroWeight
            .mul(ZERO_LOWERED)
            .mul(ZERO_LOWERED)
            .add(runningWeight[first] * MINUS_LOWERED * MINUS_LOWERED)
            .add(plusWeight.mul(PLUS_LOWERED).mul(PLUS_LOWERED));
    VectorMask<Float> better =
        raised.mul(raised).compare(GT, squaresRaised.mul(best)).and(squaresRaised.compare(GT, 0));
    better =
        better.or(
            lowered
                .mul(lowered)
                .compare(GT, squaresLowered.mul(best))
                .and(squaresLowered.compare(GT, 0)));
    if (!better.anyTrue()) {
      return false;
    }
    raised.intoArray(raisedX, 0);
    squaresRaised.intoArray(raisedSquares, 0);
    lowered.intoArray(loweredX, 0);
    squaresLowered.intoArray(loweredSquares, 0);
    return true;
  }
}
