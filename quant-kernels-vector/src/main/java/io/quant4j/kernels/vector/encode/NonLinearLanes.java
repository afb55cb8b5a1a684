package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static io.quant4j.kernels.vector.lanes.Lanes.INTS;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.quant4j.core.format.IQ4_NL;
import io.quant4j.core.format.NonLinearCodes;
import io.quant4j.core.format.SymmetricSearch;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The search of {@link NonLinearCodes} in every lane.
 *
 * <p>The value nearest to a number depends on which middles between neighbouring values it reaches:
 * {@link #MIDDLES}. Near a middle both distances are exact in floats, so comparing with it decides
 * as comparing the distances does.
 *
 * <p>Holds what it works on and the latest results: for one thread.
 */
final class NonLinearLanes {
  private static final int SIZE = NonLinearCodes.GROUP_ELEMENTS;
  private static final int LARGEST = 15;

  /** Number k lies between the values of codes k and k + 1, in each lane. */
  private static final float[] MIDDLES = new float[LARGEST * COUNT];

  /** By how much the value of code k + 1 exceeds that of code k, in each lane. */
  private static final float[] GAPS = new float[LARGEST * COUNT];

  static {
    for (int k = 0; k < LARGEST; k++) {
      for (int l = 0; l < COUNT; l++) {
        MIDDLES[k * COUNT + l] = (IQ4_NL.value(k) + IQ4_NL.value(k + 1)) / 2f;
        GAPS[k * COUNT + l] = IQ4_NL.value(k + 1) - IQ4_NL.value(k);
      }
    }
  }

  /** Elements of the groups, as {@link Groups#load} lays them. */
  final float[] x = new float[SIZE * COUNT];

  /** Weights of the squared errors, laid likewise. */
  final float[] weights = new float[SIZE * COUNT];

  /** Result: scale of each group, 0 if it is negligible, not finite if a sum overflowed. */
  final float[] scale = new float[COUNT];

  private final float[] largest = new float[COUNT];
  private final float[] inverse = new float[COUNT];
  private final float[] sumX = new float[COUNT];
  private final float[] sumSquares = new float[COUNT];
  private final float[] best = new float[COUNT];

  /** Fits the groups in {@link #x}. */
  void fit() {
    Groups.signedLargest(x, largest);
    for (int attempt = -1; attempt <= 2 * NonLinearCodes.STEPS; attempt++) {
      for (int l = 0; l < COUNT; l++) {
        inverse[l] = NonLinearCodes.inverse(attempt, largest[l]);
      }
      sumValues();
      if (attempt < 0) {
        start();
      } else {
        keepBetter();
      }
    }
    VectorMask<Float> negligible =
        fromArray(FLOATS, largest, 0).abs().compare(VectorOperators.LT, SymmetricSearch.NEGLIGIBLE);
    fromArray(FLOATS, scale, 0).blend(0, negligible).intoArray(scale, 0);
  }

  private void sumValues() {
    FloatVector factor = fromArray(FLOATS, inverse, 0);
    FloatVector lowest = FloatVector.broadcast(FLOATS, IQ4_NL.value(0));
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector squares = sum;
    for (int i = 0; i < SIZE * COUNT; i += COUNT) {
      FloatVector element = fromArray(FLOATS, x, i);
      FloatVector weight = fromArray(FLOATS, weights, i);
      FloatVector scaled = factor.mul(element);
      FloatVector value = lowest;
      for (int k = 0; k < LARGEST * COUNT; k += COUNT) {
        VectorMask<Float> reached =
            scaled.compare(VectorOperators.GE, fromArray(FLOATS, MIDDLES, k));
        value = value.add(fromArray(FLOATS, GAPS, k), reached);
      }
      sum = sum.add(weight.mul(value).mul(element));
      squares = squares.add(weight.mul(value).mul(value));
    }
    sum.intoArray(sumX, 0);
    squares.intoArray(sumSquares, 0);
  }

  /** Takes the first candidate, whatever its error. */
  private void start() {
    FloatVector sum = fromArray(FLOATS, sumX, 0);
    FloatVector squares = fromArray(FLOATS, sumSquares, 0);
    FloatVector found = sum.div(squares).blend(0, squares.compare(VectorOperators.LE, 0));
    found.intoArray(scale, 0);
    found.mul(sum).intoArray(best, 0);
  }

  private void keepBetter() {
    FloatVector sum = fromArray(FLOATS, sumX, 0);
    FloatVector squares = fromArray(FLOATS, sumSquares, 0);
    FloatVector most = fromArray(FLOATS, best, 0);
    VectorMask<Float> better =
        sum.mul(sum)
            .compare(VectorOperators.GT, most.mul(squares))
            .and(squares.compare(VectorOperators.GT, 0));
    FloatVector found = sum.div(squares);
    found.intoArray(scale, 0, better);
    found.mul(sum).intoArray(best, 0, better);
  }

  /**
   * Codes of the values nearest to {@code inverse * x} for a group of a row; NaN, which an infinite
   * inverse gives, has code 1.
   *
   * @param from of the group
   */
  static void takeCodes(float[] row, int from, float inverse, int[] codes) {
    for (int i = 0; i < SIZE; i += COUNT) {
      FloatVector scaled = fromArray(FLOATS, row, from + i).mul(inverse);
      IntVector code = IntVector.zero(INTS);
      for (int k = 0; k < LARGEST * COUNT; k += COUNT) {
        VectorMask<Float> reached =
            scaled.compare(VectorOperators.GE, fromArray(FLOATS, MIDDLES, k));
        code = code.add(1, reached.cast(INTS));
      }
      VectorMask<Float> nan = scaled.test(VectorOperators.IS_NAN);
      code.blend(1, nan.cast(INTS)).intoArray(codes, i);
    }
  }
}
