package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.core.format.AsymmetricSearch;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Nearest;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The search of {@link AsymmetricSearch} in every lane.
 *
 * <p>A group of equal numbers needs no branch: its range is 0, the inverse scale infinite, the
 * scale 0, its error 0 and never undercut.
 *
 * <p>Holds what it works on and the latest results: for one thread.
 */
final class AsymmetricLanes {
  /** Elements of the groups, as {@link Groups#load} lays them. */
  final float[] x;

  /** Weights of the errors, laid likewise. */
  final float[] weights;

  /** Result: scale of each group; not finite if its range overflowed. */
  final float[] scale = new float[COUNT];

  /** Result: value of code 0. */
  final float[] offset = new float[COUNT];

  /** Result: the codes are the nearest of {@code codeInverse * (x - codeOffset)}. */
  final float[] codeInverse = new float[COUNT];

  /** Result: see {@link #codeInverse}. */
  final float[] codeOffset = new float[COUNT];

  /** Result: sum of the weights of each group. */
  final float[] sumWeights = new float[COUNT];

  private final int largestCode;
  private final float[] codes;
  private final float[] highest = new float[COUNT];
  private final float[] sumX = new float[COUNT];
  private final float[] inverse = new float[COUNT];
  private final float[] sumCodes = new float[COUNT];
  private final float[] sumSquares = new float[COUNT];
  private final float[] sumProducts = new float[COUNT];
  private final float[] trialScale = new float[COUNT];
  private final float[] trialOffset = new float[COUNT];
  private final float[] determinant = new float[COUNT];
  private final float[] trialError = new float[COUNT];
  private final float[] bestError = new float[COUNT];

  /**
   * @param count elements of a group
   */
  AsymmetricLanes(int count, int largestCode) {
    this.largestCode = largestCode;
    x = new float[count * COUNT];
    weights = new float[count * COUNT];
    codes = new float[count * COUNT];
  }

  /** Fits the groups in {@link #x}. */
  void fit(AsymmetricSearch.Candidates candidates) {
    boolean magnitudes = candidates.magnitudes();
    measure();
    takeCodes(largestCode);
    start();
    measureError(magnitudes, scale, offset, bestError);
    for (int s = 0; s <= candidates.last(); s++) {
      takeCodes(candidates.first() + candidates.step() * s + largestCode);
      solve();
      measureError(magnitudes, trialScale, trialOffset, trialError);
      keepBetter();
    }
  }

  private void measure() {
    FloatVector lowest = Lanes.floats(x, 0);
    FloatVector largest = lowest;
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    FloatVector sumOfX = sum;
    for (int i = 0; i < x.length; i += COUNT) {
      FloatVector value = Lanes.floats(x, i);
      FloatVector weight = Lanes.floats(weights, i);
      lowest = lowest.blend(value, value.compare(VectorOperators.LT, lowest));
      largest = largest.blend(value, value.compare(VectorOperators.GT, largest));
      sum = sum.add(weight);
      sumOfX = sumOfX.add(weight.mul(value));
    }
    lowest.blend(0, lowest.compare(VectorOperators.GT, 0)).intoArray(offset, 0);
    largest.intoArray(highest, 0);
    sum.intoArray(sumWeights, 0);
    sumOfX.intoArray(sumX, 0);
  }

  /** Takes the nearest codes above the best offset so far and sums them up. */
  private void takeCodes(float stretched) {
    float[] values = x;
    float[] errorWeights = weights;
    float[] trial = codes;
    int largest = largestCode;
    FloatVector base = Lanes.floats(offset, 0);
    FloatVector range = Lanes.floats(highest, 0).sub(base);
    FloatVector factor = FloatVector.broadcast(Lanes.FLOATS, stretched).div(range);
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    FloatVector squares = sum;
    FloatVector products = sum;
    for (int i = 0; i < values.length; i += COUNT) {
      FloatVector value = Lanes.floats(values, i);
      FloatVector code = Nearest.limited(factor.mul(value.sub(base)), 0, largest);
      code.intoArray(trial, i);
      FloatVector weighted = Lanes.floats(errorWeights, i).mul(code);
      sum = sum.add(weighted);
      squares = squares.add(weighted.mul(code));
      products = products.add(weighted.mul(value));
    }
    factor.intoArray(inverse, 0);
    sum.intoArray(sumCodes, 0);
    squares.intoArray(sumSquares, 0);
    products.intoArray(sumProducts, 0);
  }

  /** The first candidate maps the range onto the codes. */
  private void start() {
    FloatVector factor = Lanes.floats(inverse, 0);
    FloatVector.broadcast(Lanes.FLOATS, 1).div(factor).intoArray(scale, 0);
    factor.intoArray(codeInverse, 0);
    Lanes.floats(offset, 0).intoArray(codeOffset, 0);
  }

  /** Solves for scale and offset in weighted least squares. */
  private void solve() {
    FloatVector w = Lanes.floats(sumWeights, 0);
    FloatVector wx = Lanes.floats(sumX, 0);
    FloatVector sum = Lanes.floats(sumCodes, 0);
    FloatVector squares = Lanes.floats(sumSquares, 0);
    FloatVector products = Lanes.floats(sumProducts, 0);
    FloatVector divisor = w.mul(squares).sub(sum.mul(sum));
    FloatVector someScale = w.mul(products).sub(wx.mul(sum)).div(divisor);
    FloatVector someOffset = squares.mul(wx).sub(sum.mul(products)).div(divisor);
    VectorMask<Float> positive = someOffset.compare(VectorOperators.GT, 0);
    someScale.blend(products.div(squares), positive).intoArray(trialScale, 0);
    someOffset.blend(0, positive).intoArray(trialOffset, 0);
    divisor.intoArray(determinant, 0);
  }

  private void measureError(boolean magnitudes, float[] scales, float[] offsets, float[] errors) {
    if (magnitudes) {
      sumMagnitudes(scales, offsets, errors);
    } else {
      sumSquares(scales, offsets, errors);
    }
  }

  private void sumSquares(float[] scales, float[] offsets, float[] errors) {
    float[] values = x;
    float[] errorWeights = weights;
    float[] trial = codes;
    FloatVector factor = Lanes.floats(scales, 0);
    FloatVector base = Lanes.floats(offsets, 0);
    FloatVector error = FloatVector.zero(Lanes.FLOATS);
    for (int i = 0; i < values.length; i += COUNT) {
      FloatVector decoded = factor.mul(Lanes.floats(trial, i)).add(base);
      FloatVector difference = decoded.sub(Lanes.floats(values, i));
      error = error.add(Lanes.floats(errorWeights, i).mul(difference.mul(difference)));
    }
    error.intoArray(errors, 0);
  }

  private void sumMagnitudes(float[] scales, float[] offsets, float[] errors) {
    float[] values = x;
    float[] errorWeights = weights;
    float[] trial = codes;
    FloatVector factor = Lanes.floats(scales, 0);
    FloatVector base = Lanes.floats(offsets, 0);
    FloatVector error = FloatVector.zero(Lanes.FLOATS);
    for (int i = 0; i < values.length; i += COUNT) {
      FloatVector decoded = factor.mul(Lanes.floats(trial, i)).add(base);
      FloatVector difference = decoded.sub(Lanes.floats(values, i));
      error = error.add(Lanes.floats(errorWeights, i).mul(difference.abs()));
    }
    error.intoArray(errors, 0);
  }

  /** Keeps the trial where it has a solution and a smaller error. */
  private void keepBetter() {
    FloatVector error = Lanes.floats(trialError, 0);
    FloatVector best = Lanes.floats(bestError, 0);
    VectorMask<Float> better =
        error
            .compare(VectorOperators.LT, best)
            .and(Lanes.floats(determinant, 0).compare(VectorOperators.GT, 0));
    best.blend(error, better).intoArray(bestError, 0);
    keep(inverse, codeInverse, better);
    keep(offset, codeOffset, better);
    keep(trialScale, scale, better);
    keep(trialOffset, offset, better);
  }

  private static void keep(float[] from, float[] to, VectorMask<Float> lanes) {
    Lanes.floats(to, 0).blend(Lanes.floats(from, 0), lanes).intoArray(to, 0);
  }
}
