package io.quant4j.kernels.vector.codebook;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static io.quant4j.kernels.vector.lanes.Lanes.INTS;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MIN;

import io.quant4j.kernels.vector.lanes.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * The neighbour with the least error, of as many side by side as there are lanes. The error of a
 * vector is the sum over its components of (weight * difference) * difference, difference = scale *
 * value(level) - x, in the order of the components; the first of several least ones wins.
 */
final class BestNeighbour {
  private static final IntVector PLACES = IntVector.zero(INTS).addIndex(1);

  private static final IntVector FAR = IntVector.broadcast(INTS, Integer.MAX_VALUE);

  private BestNeighbour() {}

  /**
   * Place of the best of vectors of 8 components of 3 levels.
   *
   * @param values of the levels, repeated every 4 over a vector
   * @param x the numbers that are approximated, from {@code from}
   * @param weights from {@code weightsFrom}
   */
  static int ofEight(
      int[] levels,
      int start,
      int end,
      float[] values,
      float scale,
      float[] x,
      int from,
      float[] weights,
      int weightsFrom) {
    FloatVector scaled = Lanes.floats(values, 0).mul(scale);
    IntVector errors0 = errors(scaled, x[from], weights[weightsFrom]);
    IntVector errors1 = errors(scaled, x[from + 1], weights[weightsFrom + 1]);
    IntVector errors2 = errors(scaled, x[from + 2], weights[weightsFrom + 2]);
    IntVector errors3 = errors(scaled, x[from + 3], weights[weightsFrom + 3]);
    IntVector errors4 = errors(scaled, x[from + 4], weights[weightsFrom + 4]);
    IntVector errors5 = errors(scaled, x[from + 5], weights[weightsFrom + 5]);
    IntVector errors6 = errors(scaled, x[from + 6], weights[weightsFrom + 6]);
    IntVector errors7 = errors(scaled, x[from + 7], weights[weightsFrom + 7]);
    FloatVector least = FloatVector.broadcast(FLOATS, Float.MAX_VALUE);
    IntVector places = PLACES;
    for (int n = start; n < end; n += COUNT) {
      // Of each index only the low bits count, of which the lowest two are the level.
      IntVector index = IntVector.fromArray(INTS, levels, n);
      FloatVector error = index.selectFrom(errors0).reinterpretAsFloats();
      error = error.add(index.lanewise(LSHR, 2).selectFrom(errors1).reinterpretAsFloats());
      error = error.add(index.lanewise(LSHR, 4).selectFrom(errors2).reinterpretAsFloats());
      error = error.add(index.lanewise(LSHR, 6).selectFrom(errors3).reinterpretAsFloats());
      error = error.add(index.lanewise(LSHR, 8).selectFrom(errors4).reinterpretAsFloats());
      error = error.add(index.lanewise(LSHR, 10).selectFrom(errors5).reinterpretAsFloats());
      error = error.add(index.lanewise(LSHR, 12).selectFrom(errors6).reinterpretAsFloats());
      error = error.add(index.lanewise(LSHR, 14).selectFrom(errors7).reinterpretAsFloats());
      VectorMask<Float> less = error.lt(least);
      least = least.blend(error, less);
      places = places.blend(PLACES.add(n - start), less.cast(INTS));
    }
    return start + firstOfLeast(least, places, end - start == COUNT);
  }

  /** The smallest place among the lanes of the least error, quickly if lanes are places. */
  private static int firstOfLeast(FloatVector least, IntVector places, boolean lanesArePlaces) {
    VectorMask<Float> best = least.eq(least.reduceLanes(MIN));
    return lanesArePlaces ? best.firstTrue() : FAR.blend(places, best.cast(INTS)).reduceLanes(MIN);
  }

  /** Errors of a component at each level, as bits. */
  private static IntVector errors(FloatVector scaled, float x, float weight) {
    FloatVector difference = scaled.sub(x);
    return difference.mul(weight).mul(difference).reinterpretAsInts();
  }

  /**
   * Place of the best of vectors of 4 components of 8 levels, level l standing for 2l + 1.
   *
   * @param x the numbers that are approximated, from {@code from}
   * @param weights from {@code from}
   */
  static int ofFour(
      int[] levels, int start, int end, float scale, float[] x, int from, float[] weights) {
    FloatVector least = FloatVector.broadcast(FLOATS, Float.MAX_VALUE);
    IntVector places = PLACES;
    for (int n = start; n < end; n += COUNT) {
      IntVector odd = IntVector.fromArray(INTS, levels, n).lanewise(LSHL, 1);
      FloatVector error = error(odd, scale, x[from], weights[from]);
      error = error.add(error(odd.lanewise(LSHR, 3), scale, x[from + 1], weights[from + 1]));
      error = error.add(error(odd.lanewise(LSHR, 6), scale, x[from + 2], weights[from + 2]));
      error = error.add(error(odd.lanewise(LSHR, 9), scale, x[from + 3], weights[from + 3]));
      VectorMask<Float> less = error.lt(least);
      least = least.blend(error, less);
      places = places.blend(PLACES.add(n - start), less.cast(INTS));
    }
    return start + firstOfLeast(least, places, end - start == COUNT);
  }

  private static FloatVector error(IntVector odd, float scale, float x, float weight) {
    FloatVector value = (FloatVector) odd.and(0b1110).or(1).convert(I2F, 0);
    FloatVector difference = value.mul(scale).sub(x);
    return difference.mul(weight).mul(difference);
  }
}
