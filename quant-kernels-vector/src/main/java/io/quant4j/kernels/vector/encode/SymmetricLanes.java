package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.quant4j.core.format.SymmetricSearch;
import io.quant4j.kernels.vector.lanes.Nearest;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The search of {@link SymmetricSearch} in every lane.
 *
 * <p>Holds what it works on and the latest results: for one thread.
 */
final class SymmetricLanes {
  /** Elements of the groups, as {@link Groups#load} lays them. */
  final float[] x;

  /** Weights of the squared errors, laid likewise. */
  final float[] weights;

  /** Result: scale of each group, 0 if it is negligible, not finite if a sum overflowed. */
  final float[] scale = new float[COUNT];

  /**
   * Result: the codes are the nearest of {@code codeInverse * x}, plus the code of zero; 0 for a
   * negligible group, whose codes are 0.
   */
  final float[] codeInverse = new float[COUNT];

  private final int zeroCode;
  private final float[] largest = new float[COUNT];
  private final float[] inverse = new float[COUNT];
  private final float[] sumX = new float[COUNT];
  private final float[] sumSquares = new float[COUNT];
  private final float[] best = new float[COUNT];

  /**
   * @param count elements of a group
   */
  SymmetricLanes(int count, int zeroCode) {
    this.zeroCode = zeroCode;
    x = new float[count * COUNT];
    weights = new float[count * COUNT];
  }

  /** Fits the groups in {@link #x}. */
  void fit() {
    Groups.signedLargest(x, largest);
    for (int attempt = 0; attempt <= 2 * SymmetricSearch.STEPS; attempt++) {
      sumLevels(-(zeroCode + SymmetricSearch.STEP * SymmetricSearch.step(attempt)));
      if (attempt == 0) {
        start();
      } else {
        keepBetter();
      }
    }
    dropNegligible();
  }

  /** Magnitudes before rounding stay below zeroCode + 1. */
  private void sumLevels(float stretched) {
    float[] values = x;
    float[] errorWeights = weights;
    FloatVector shift = fromArray(FLOATS, Nearest.shifts(), 0);
    IntVector lowest = shift.reinterpretAsInts().sub(zeroCode);
    IntVector highest = shift.reinterpretAsInts().add(zeroCode - 1);
    FloatVector factor =
        FloatVector.broadcast(FLOATS, stretched).div(fromArray(FLOATS, largest, 0));
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector squares = sum;
    for (int i = 0; i < values.length; i += COUNT) {
      FloatVector value = fromArray(FLOATS, values, i);
      FloatVector weight = fromArray(FLOATS, errorWeights, i);
      IntVector bits = factor.mul(value).add(shift).reinterpretAsInts().max(lowest).min(highest);
      FloatVector level = bits.reinterpretAsFloats().sub(shift);
      sum = sum.add(weight.mul(value).mul(level));
      squares = squares.add(weight.mul(level).mul(level));
    }
    factor.intoArray(inverse, 0);
    sum.intoArray(sumX, 0);
    squares.intoArray(sumSquares, 0);
  }

  /** Takes the first candidate, whatever its error. */
  private void start() {
    FloatVector sum = fromArray(FLOATS, sumX, 0);
    FloatVector squares = fromArray(FLOATS, sumSquares, 0);
    FloatVector found = sum.div(squares).blend(0, squares.compare(VectorOperators.EQ, 0));
    found.intoArray(scale, 0);
    found.mul(sum).intoArray(best, 0);
    fromArray(FLOATS, inverse, 0).intoArray(codeInverse, 0);
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
    most.blend(found.mul(sum), better).intoArray(best, 0);
    fromArray(FLOATS, scale, 0).blend(found, better).intoArray(scale, 0);
    fromArray(FLOATS, codeInverse, 0)
        .blend(fromArray(FLOATS, inverse, 0), better)
        .intoArray(codeInverse, 0);
  }

  private void dropNegligible() {
    VectorMask<Float> negligible =
        fromArray(FLOATS, largest, 0).abs().compare(VectorOperators.LT, SymmetricSearch.NEGLIGIBLE);
    fromArray(FLOATS, scale, 0).blend(0, negligible).intoArray(scale, 0);
    fromArray(FLOATS, codeInverse, 0).blend(0, negligible).intoArray(codeInverse, 0);
  }
}
