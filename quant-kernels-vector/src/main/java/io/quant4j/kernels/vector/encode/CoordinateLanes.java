package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static io.quant4j.kernels.vector.lanes.Nearest.HIGH_BITS;
import static io.quant4j.kernels.vector.lanes.Nearest.LOW_BITS;
import static io.quant4j.kernels.vector.lanes.Nearest.SHIFT;
import static io.quant4j.kernels.vector.lanes.Nearest.SHIFT_BITS;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.quant4j.core.format.CoordinateSearch;
import io.quant4j.core.format.SymmetricSearch;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The search of {@link CoordinateSearch} in every lane. A lane whose levels have come to rest stays
 * as it is while others still move.
 *
 * <p>Holds what it works on and the latest results: for one thread.
 */
final class CoordinateLanes {
  /** Elements of the groups, as {@link Groups#load} lays them. */
  final float[] x;

  /** Result: codes less the code of zero, laid likewise; of no meaning in a negligible group. */
  final float[] levels;

  /** Result: scale of each group, 0 if it is negligible, not finite if a sum overflowed. */
  final float[] scale = new float[COUNT];

  /** Result: the first element of the largest magnitude. */
  final float[] largest = new float[COUNT];

  private final int zeroCode;
  private final float[] sumX = new float[COUNT];
  private final float[] sumSquares = new float[COUNT];

  /**
   * @param count elements of a group
   */
  CoordinateLanes(int count, int zeroCode) {
    this.zeroCode = zeroCode;
    x = new float[count * COUNT];
    levels = new float[count * COUNT];
  }

  /** Fits the groups in {@link #x}. */
  void fit() {
    Groups.signedLargest(x, largest);
    start();
    for (int pass = 0; pass < CoordinateSearch.PASSES && moveLevels(); pass++) {}
    FloatVector squares = fromArray(FLOATS, sumSquares, 0);
    VectorMask<Float> none =
        squares
            .compare(VectorOperators.LE, 0)
            .or(
                fromArray(FLOATS, largest, 0)
                    .abs()
                    .compare(VectorOperators.LT, SymmetricSearch.NEGLIGIBLE));
    fromArray(FLOATS, sumX, 0).div(squares).blend(0, none).intoArray(scale, 0);
  }

  private void start() {
    int zero = zeroCode;
    FloatVector inverse = FloatVector.broadcast(FLOATS, -zero).div(fromArray(FLOATS, largest, 0));
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector squares = sum;
    for (int i = 0; i < x.length; i += COUNT) {
      FloatVector value = fromArray(FLOATS, x, i);
      FloatVector weight = value.mul(value);
      FloatVector level =
          inverse
              .mul(value)
              .add(SHIFT)
              .reinterpretAsInts()
              .and(LOW_BITS)
              .or(HIGH_BITS)
              .max(SHIFT_BITS - zero)
              .min(SHIFT_BITS + zero - 1)
              .reinterpretAsFloats()
              .sub(SHIFT);
      level.intoArray(levels, i);
      sum = sum.add(weight.mul(value).mul(level));
      squares = squares.add(weight.mul(level).mul(level));
    }
    sum.intoArray(sumX, 0);
    squares.intoArray(sumSquares, 0);
  }

  /** One pass over all levels; returns whether any moved in any lane. */
  private boolean moveLevels() {
    int zero = zeroCode;
    FloatVector sum = fromArray(FLOATS, sumX, 0);
    FloatVector squares = fromArray(FLOATS, sumSquares, 0);
    VectorMask<Float> moved = FLOATS.maskAll(false);
    for (int i = 0; i < x.length; i += COUNT) {
      FloatVector value = fromArray(FLOATS, x, i);
      FloatVector old = fromArray(FLOATS, levels, i);
      FloatVector weight = value.mul(value);
      FloatVector weighted = weight.mul(value);
      FloatVector otherX = sum.sub(weighted.mul(old));
      FloatVector otherSquares = squares.sub(weight.mul(old).mul(old));
      FloatVector level =
          value
              .mul(otherSquares)
              .div(otherX)
              .add(SHIFT)
              .reinterpretAsInts()
              .and(LOW_BITS)
              .or(HIGH_BITS)
              .max(SHIFT_BITS - zero)
              .min(SHIFT_BITS + zero - 1)
              .reinterpretAsFloats()
              .sub(SHIFT);
      FloatVector newX = otherX.add(weighted.mul(level));
      FloatVector newSquares = otherSquares.add(weight.mul(level).mul(level));
      VectorMask<Float> better =
          newX.mul(newX)
              .mul(squares)
              .compare(VectorOperators.GT, sum.mul(sum).mul(newSquares))
              .and(newSquares.compare(VectorOperators.GT, 0))
              .and(otherX.compare(VectorOperators.GT, 0))
              .and(level.compare(VectorOperators.NE, old));
      old.blend(level, better).intoArray(levels, i);
      sum = sum.blend(newX, better);
      squares = squares.blend(newSquares, better);
      moved = moved.or(better);
    }
    sum.intoArray(sumX, 0);
    squares.intoArray(sumSquares, 0);
    return moved.anyTrue();
  }
}
