package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static io.quant4j.kernels.vector.lanes.Lanes.INTS;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.quant4j.core.format.AsymmetricSearch;
import io.quant4j.kernels.vector.lanes.Nearest;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The search of {@link AsymmetricSearch} in every lane of several vectors, the sets. Sets take
 * turns at each step, so that one does not wait for the results of another. Codes are computed
 * twice, to sum them up and to measure their error: storing them costs more.
 *
 * <p>A group of equal numbers needs no branch: its range is 0, the inverse scale infinite, the
 * scale 0, its error 0 and never undercut.
 *
 * <p>Holds what it works on and the latest results: for one thread.
 */
final class AsymmetricLanes {
  private static final int SETS = 4;

  /** Groups that are fitted at once. */
  static final int GROUPS = SETS * COUNT;

  /** Elements of the groups, as {@link Groups#load} lays them. */
  final float[] x;

  /** Weights of the errors, laid likewise. */
  final float[] weights;

  /** Result: scale of each group; not finite if its range overflowed. */
  final float[] scale = new float[GROUPS];

  /** Result: value of code 0. */
  final float[] offset = new float[GROUPS];

  /** Result: the codes are the nearest of {@code codeInverse * (x - codeOffset)}. */
  final float[] codeInverse = new float[GROUPS];

  /** Result: see {@link #codeInverse}. */
  final float[] codeOffset = new float[GROUPS];

  /** Result: sum of the weights of each group. */
  final float[] sumWeights = new float[GROUPS];

  private final int largestCode;

  /** Floats of a set. */
  private final int stretch;

  private final float[] highest = new float[GROUPS];
  private final float[] sumX = new float[GROUPS];
  private final float[] inverse = new float[GROUPS];
  private final float[] sumCodes = new float[GROUPS];
  private final float[] sumSquares = new float[GROUPS];
  private final float[] sumProducts = new float[GROUPS];
  private final float[] trialScale = new float[GROUPS];
  private final float[] trialOffset = new float[GROUPS];
  private final float[] determinant = new float[GROUPS];
  private final float[] trialError = new float[GROUPS];
  private final float[] bestError = new float[GROUPS];

  /**
   * @param size elements of a group
   */
  AsymmetricLanes(int size, int largestCode) {
    this.largestCode = largestCode;
    stretch = size * COUNT;
    x = new float[size * GROUPS];
    weights = new float[size * GROUPS];
  }

  /**
   * Fits the groups in {@link #x}.
   *
   * @param groups how many, at most {@link #GROUPS}; lanes beyond them have no meaning
   */
  void fit(int groups, AsymmetricSearch.Candidates candidates) {
    int lanes = Math.ceilDiv(groups, COUNT) * COUNT;
    for (int set = 0; set < lanes; set += COUNT) {
      measure(set);
    }
    for (int s = -1; s <= candidates.last(); s++) {
      float stretched =
          s < 0 ? largestCode : candidates.first() + candidates.step() * s + largestCode;
      for (int set = 0; set < lanes; set += COUNT) {
        sumCodes(set, stretched);
      }
      if (s < 0) {
        invert(lanes);
      } else {
        solve(lanes);
      }
      for (int set = 0; set < lanes; set += COUNT) {
        if (candidates.magnitudes()) {
          sumMagnitudesOfErrors(set);
        } else {
          sumSquaredErrors(set);
        }
      }
      if (s < 0) {
        keep(lanes);
      } else {
        keepBetter(lanes);
      }
    }
  }

  private void measure(int set) {
    int from = set / COUNT * stretch;
    FloatVector lowest = fromArray(FLOATS, x, from);
    FloatVector largest = lowest;
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector sumOfX = sum;
    for (int i = from; i < from + stretch; i += COUNT) {
      FloatVector value = fromArray(FLOATS, x, i);
      FloatVector weight = fromArray(FLOATS, weights, i);
      lowest = lowest.blend(value, value.compare(VectorOperators.LT, lowest));
      largest = largest.blend(value, value.compare(VectorOperators.GT, largest));
      sum = sum.add(weight);
      sumOfX = sumOfX.add(weight.mul(value));
    }
    lowest.blend(0, lowest.compare(VectorOperators.GT, 0)).intoArray(offset, set);
    largest.intoArray(highest, set);
    sum.intoArray(sumWeights, set);
    sumOfX.intoArray(sumX, set);
  }

  /** Takes the nearest codes above the best offset so far and sums them up. */
  private void sumCodes(int set, float stretched) {
    int from = set / COUNT * stretch;
    int end = from + stretch;
    float[] values = x;
    float[] errorWeights = weights;
    FloatVector shift = fromArray(FLOATS, Nearest.shifts(), 0);
    IntVector low = IntVector.fromArray(INTS, Nearest.lowBits(), 0);
    IntVector high = IntVector.fromArray(INTS, Nearest.highBits(), 0);
    IntVector zero = shift.reinterpretAsInts();
    IntVector last = zero.add(largestCode);
    FloatVector base = fromArray(FLOATS, offset, set);
    FloatVector range = fromArray(FLOATS, highest, set).sub(base);
    FloatVector factor = FloatVector.broadcast(FLOATS, stretched).div(range);
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector squares = sum;
    FloatVector products = sum;
    for (int i = from; i < end; i += COUNT) {
      FloatVector value = fromArray(FLOATS, values, i);
      FloatVector shifted = factor.mul(value.sub(base)).add(shift);
      IntVector bits = shifted.reinterpretAsInts().and(low).or(high).max(zero).min(last);
      FloatVector code = bits.reinterpretAsFloats().sub(shift);
      FloatVector weighted = fromArray(FLOATS, errorWeights, i).mul(code);
      sum = sum.add(weighted);
      squares = squares.add(weighted.mul(code));
      products = products.add(weighted.mul(value));
    }
    factor.intoArray(inverse, set);
    sum.intoArray(sumCodes, set);
    squares.intoArray(sumSquares, set);
    products.intoArray(sumProducts, set);
  }

  /** The first candidate maps the range onto the codes. */
  private void invert(int lanes) {
    for (int l = 0; l < lanes; l++) {
      trialScale[l] = 1 / inverse[l];
      trialOffset[l] = offset[l];
    }
  }

  /** Solves for scale and offset in weighted least squares. */
  private void solve(int lanes) {
    for (int set = 0; set < lanes; set += COUNT) {
      FloatVector w = fromArray(FLOATS, sumWeights, set);
      FloatVector wx = fromArray(FLOATS, sumX, set);
      FloatVector sum = fromArray(FLOATS, sumCodes, set);
      FloatVector squares = fromArray(FLOATS, sumSquares, set);
      FloatVector products = fromArray(FLOATS, sumProducts, set);
      FloatVector divisor = w.mul(squares).sub(sum.mul(sum));
      FloatVector someScale = w.mul(products).sub(wx.mul(sum)).div(divisor);
      FloatVector someOffset = squares.mul(wx).sub(sum.mul(products)).div(divisor);
      VectorMask<Float> positive = someOffset.compare(VectorOperators.GT, 0);
      someScale.blend(products.div(squares), positive).intoArray(trialScale, set);
      someOffset.blend(0, positive).intoArray(trialOffset, set);
      divisor.intoArray(determinant, set);
    }
  }

  private void sumSquaredErrors(int set) {
    int from = set / COUNT * stretch;
    int end = from + stretch;
    float[] values = x;
    float[] errorWeights = weights;
    FloatVector shift = fromArray(FLOATS, Nearest.shifts(), 0);
    IntVector low = IntVector.fromArray(INTS, Nearest.lowBits(), 0);
    IntVector high = IntVector.fromArray(INTS, Nearest.highBits(), 0);
    IntVector zero = shift.reinterpretAsInts();
    IntVector last = zero.add(largestCode);
    FloatVector base = fromArray(FLOATS, offset, set);
    FloatVector factor = fromArray(FLOATS, inverse, set);
    FloatVector someScale = fromArray(FLOATS, trialScale, set);
    FloatVector someOffset = fromArray(FLOATS, trialOffset, set);
    FloatVector error = FloatVector.zero(FLOATS);
    for (int i = from; i < end; i += COUNT) {
      FloatVector value = fromArray(FLOATS, values, i);
      FloatVector shifted = factor.mul(value.sub(base)).add(shift);
      IntVector bits = shifted.reinterpretAsInts().and(low).or(high).max(zero).min(last);
      FloatVector code = bits.reinterpretAsFloats().sub(shift);
      FloatVector difference = someScale.mul(code).add(someOffset).sub(value);
      error = error.add(fromArray(FLOATS, errorWeights, i).mul(difference.mul(difference)));
    }
    error.intoArray(trialError, set);
  }

  private void sumMagnitudesOfErrors(int set) {
    int from = set / COUNT * stretch;
    int end = from + stretch;
    float[] values = x;
    float[] errorWeights = weights;
    FloatVector shift = fromArray(FLOATS, Nearest.shifts(), 0);
    IntVector low = IntVector.fromArray(INTS, Nearest.lowBits(), 0);
    IntVector high = IntVector.fromArray(INTS, Nearest.highBits(), 0);
    IntVector zero = shift.reinterpretAsInts();
    IntVector last = zero.add(largestCode);
    FloatVector base = fromArray(FLOATS, offset, set);
    FloatVector factor = fromArray(FLOATS, inverse, set);
    FloatVector someScale = fromArray(FLOATS, trialScale, set);
    FloatVector someOffset = fromArray(FLOATS, trialOffset, set);
    FloatVector error = FloatVector.zero(FLOATS);
    for (int i = from; i < end; i += COUNT) {
      FloatVector value = fromArray(FLOATS, values, i);
      FloatVector shifted = factor.mul(value.sub(base)).add(shift);
      IntVector bits = shifted.reinterpretAsInts().and(low).or(high).max(zero).min(last);
      FloatVector code = bits.reinterpretAsFloats().sub(shift);
      FloatVector difference = someScale.mul(code).add(someOffset).sub(value);
      error = error.add(fromArray(FLOATS, errorWeights, i).mul(difference.abs()));
    }
    error.intoArray(trialError, set);
  }

  private void keep(int lanes) {
    System.arraycopy(trialError, 0, bestError, 0, lanes);
    System.arraycopy(inverse, 0, codeInverse, 0, lanes);
    System.arraycopy(offset, 0, codeOffset, 0, lanes);
    System.arraycopy(trialScale, 0, scale, 0, lanes);
  }

  /** Keeps the trial where it has a solution and a smaller error. */
  private void keepBetter(int lanes) {
    for (int set = 0; set < lanes; set += COUNT) {
      FloatVector error = fromArray(FLOATS, trialError, set);
      FloatVector best = fromArray(FLOATS, bestError, set);
      FloatVector base = fromArray(FLOATS, offset, set);
      VectorMask<Float> solved = fromArray(FLOATS, determinant, set).compare(VectorOperators.GT, 0);
      VectorMask<Float> better = error.compare(VectorOperators.LT, best).and(solved);
      error.intoArray(bestError, set, better);
      fromArray(FLOATS, inverse, set).intoArray(codeInverse, set, better);
      base.intoArray(codeOffset, set, better);
      fromArray(FLOATS, trialScale, set).intoArray(scale, set, better);
      base.blend(fromArray(FLOATS, trialOffset, set), better).intoArray(offset, set);
    }
  }
}
