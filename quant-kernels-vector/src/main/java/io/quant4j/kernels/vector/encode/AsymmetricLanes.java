package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static io.quant4j.kernels.vector.lanes.Nearest.HIGH_BITS;
import static io.quant4j.kernels.vector.lanes.Nearest.LOW_BITS;
import static io.quant4j.kernels.vector.lanes.Nearest.SHIFT;
import static io.quant4j.kernels.vector.lanes.Nearest.SHIFT_BITS;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.quant4j.core.format.AsymmetricSearch;
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
    for (int s = -1; s <= candidates.last(); s++) {
      takeCodes(s < 0 ? largestCode : candidates.first() + candidates.step() * s + largestCode);
      if (s < 0) {
        invert();
      } else {
        solve();
      }
      if (magnitudes) {
        sumMagnitudesOfErrors();
      } else {
        sumSquaredErrors();
      }
      if (s < 0) {
        keep();
      } else {
        keepBetter();
      }
    }
  }

  private void measure() {
    FloatVector lowest = fromArray(FLOATS, x, 0);
    FloatVector largest = lowest;
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector sumOfX = sum;
    for (int i = 0; i < x.length; i += COUNT) {
      FloatVector value = fromArray(FLOATS, x, i);
      FloatVector weight = fromArray(FLOATS, weights, i);
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
    FloatVector base = fromArray(FLOATS, offset, 0);
    FloatVector range = fromArray(FLOATS, highest, 0).sub(base);
    FloatVector factor = FloatVector.broadcast(FLOATS, stretched).div(range);
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector squares = sum;
    FloatVector products = sum;
    for (int i = 0; i < values.length; i += COUNT) {
      FloatVector value = fromArray(FLOATS, values, i);
      FloatVector code = factor.mul(value.sub(base))
.add(SHIFT).reinterpretAsInts().and(LOW_BITS).or(HIGH_BITS).max(SHIFT_BITS).min(SHIFT_BITS + largest).reinterpretAsFloats().sub(SHIFT);
      code.intoArray(trial, i);
      FloatVector weighted = fromArray(FLOATS, errorWeights, i).mul(code);
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
  private void invert() {
    FloatVector one = FloatVector.broadcast(FLOATS, 1);
    one.div(fromArray(FLOATS, inverse, 0)).intoArray(trialScale, 0);
    System.arraycopy(offset, 0, trialOffset, 0, COUNT);
  }

  /** Solves for scale and offset in weighted least squares. */
  private void solve() {
    FloatVector w = fromArray(FLOATS, sumWeights, 0);
    FloatVector wx = fromArray(FLOATS, sumX, 0);
    FloatVector sum = fromArray(FLOATS, sumCodes, 0);
    FloatVector squares = fromArray(FLOATS, sumSquares, 0);
    FloatVector products = fromArray(FLOATS, sumProducts, 0);
    FloatVector divisor = w.mul(squares).sub(sum.mul(sum));
    FloatVector someScale = w.mul(products).sub(wx.mul(sum)).div(divisor);
    FloatVector someOffset = squares.mul(wx).sub(sum.mul(products)).div(divisor);
    VectorMask<Float> positive = someOffset.compare(VectorOperators.GT, 0);
    someScale.blend(products.div(squares), positive).intoArray(trialScale, 0);
    someOffset.blend(0, positive).intoArray(trialOffset, 0);
    divisor.intoArray(determinant, 0);
  }

  private void sumSquaredErrors() {
    float[] values = x;
    float[] errorWeights = weights;
    float[] trial = codes;
    FloatVector factor = fromArray(FLOATS, trialScale, 0);
    FloatVector base = fromArray(FLOATS, trialOffset, 0);
    FloatVector error = FloatVector.zero(FLOATS);
    for (int i = 0; i < values.length; i += COUNT) {
      FloatVector decoded = factor.mul(fromArray(FLOATS, trial, i)).add(base);
      FloatVector difference = decoded.sub(fromArray(FLOATS, values, i));
      error = error.add(fromArray(FLOATS, errorWeights, i).mul(difference.mul(difference)));
    }
    error.intoArray(trialError, 0);
  }

  private void sumMagnitudesOfErrors() {
    float[] values = x;
    float[] errorWeights = weights;
    float[] trial = codes;
    FloatVector factor = fromArray(FLOATS, trialScale, 0);
    FloatVector base = fromArray(FLOATS, trialOffset, 0);
    FloatVector error = FloatVector.zero(FLOATS);
    for (int i = 0; i < values.length; i += COUNT) {
      FloatVector decoded = factor.mul(fromArray(FLOATS, trial, i)).add(base);
      FloatVector difference = decoded.sub(fromArray(FLOATS, values, i));
      error = error.add(fromArray(FLOATS, errorWeights, i).mul(difference.abs()));
    }
    error.intoArray(trialError, 0);
  }

  private void keep() {
    System.arraycopy(trialError, 0, bestError, 0, COUNT);
    System.arraycopy(inverse, 0, codeInverse, 0, COUNT);
    System.arraycopy(offset, 0, codeOffset, 0, COUNT);
    System.arraycopy(trialScale, 0, scale, 0, COUNT);
  }

  /** Keeps the trial where it has a solution and a smaller error. */
  private void keepBetter() {
    FloatVector error = fromArray(FLOATS, trialError, 0);
    FloatVector best = fromArray(FLOATS, bestError, 0);
    FloatVector base = fromArray(FLOATS, offset, 0);
    FloatVector divisor = fromArray(FLOATS, determinant, 0);
    VectorMask<Float> better =
        error.compare(VectorOperators.LT, best).and(divisor.compare(VectorOperators.GT, 0));
    best.blend(error, better).intoArray(bestError, 0);
    fromArray(FLOATS, codeInverse, 0)
        .blend(fromArray(FLOATS, inverse, 0), better)
        .intoArray(codeInverse, 0);
    fromArray(FLOATS, codeOffset, 0).blend(base, better).intoArray(codeOffset, 0);
    fromArray(FLOATS, scale, 0)
        .blend(fromArray(FLOATS, trialScale, 0), better)
        .intoArray(scale, 0);
    base.blend(fromArray(FLOATS, trialOffset, 0), better).intoArray(offset, 0);
  }
}
