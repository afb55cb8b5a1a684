package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static io.quant4j.kernels.vector.lanes.Lanes.INTS;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Largest and smallest elements of a block; counts are multiples of the lanes. */
final class Extremes {
  private static final int MAGNITUDE = 0x7fff_ffff;

  private Extremes() {}

  /** Largest |x|; infinite or NaN if an element is. */
  static float largestMagnitude(float[] x, int from, int count) {
    IntVector largest = IntVector.zero(INTS);
    for (int i = from; i < from + count; i += COUNT) {
      largest = largest.max(fromArray(FLOATS, x, i).reinterpretAsInts().and(MAGNITUDE));
    }
    return Float.intBitsToFloat(largest.reduceLanes(VectorOperators.MAX));
  }

  /**
   * The first element of a magnitude that some element has, with its sign; +0 for 0.
   *
   * @param magnitude what {@link #largestMagnitude} returned
   */
  static float withSign(float[] x, int from, int count, float magnitude) {
    for (int i = from; i < from + count && magnitude != 0; i += COUNT) {
      VectorMask<Float> found =
          fromArray(FLOATS, x, i).abs().compare(VectorOperators.EQ, magnitude);
      if (found.anyTrue()) {
        return x[i + found.firstTrue()];
      }
    }
    return 0;
  }

  /** The first of the smallest elements; all are finite. */
  static float lowest(float[] x, int from, int count) {
    IntVector lowest = IntVector.broadcast(INTS, Integer.MAX_VALUE);
    for (int i = from; i < from + count; i += COUNT) {
      IntVector bits = fromArray(FLOATS, x, i).reinterpretAsInts();
      lowest = lowest.min(ordered(bits));
    }
    return first(x, from, count, lowest.reduceLanes(VectorOperators.MIN));
  }

  /** The first of the largest elements; all are finite. */
  static float highest(float[] x, int from, int count) {
    IntVector highest = IntVector.broadcast(INTS, Integer.MIN_VALUE);
    for (int i = from; i < from + count; i += COUNT) {
      IntVector bits = fromArray(FLOATS, x, i).reinterpretAsInts();
      highest = highest.max(ordered(bits));
    }
    return first(x, from, count, highest.reduceLanes(VectorOperators.MAX));
  }

  /** Integers in the order of the floats with these bits. */
  private static IntVector ordered(IntVector bits) {
    return bits.lanewise(VectorOperators.ASHR, 31)
        .and(MAGNITUDE)
        .lanewise(VectorOperators.XOR, bits);
  }

  /** The first element equal to one in the order of {@link #ordered}: of two zeros the first. */
  private static float first(float[] x, int from, int count, int ordered) {
    float value = Float.intBitsToFloat(ordered >> 31 & MAGNITUDE ^ ordered);
    for (int i = from; i < from + count; i += COUNT) {
      VectorMask<Float> found = fromArray(FLOATS, x, i).compare(VectorOperators.EQ, value);
      if (found.anyTrue()) {
        return x[i + found.firstTrue()];
      }
    }
    return value;
  }
}
