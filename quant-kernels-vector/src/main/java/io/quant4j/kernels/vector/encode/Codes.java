package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static io.quant4j.kernels.vector.lanes.Nearest.HIGH_BITS;
import static io.quant4j.kernels.vector.lanes.Nearest.LOW_BITS;
import static io.quant4j.kernels.vector.lanes.Nearest.SHIFT;
import static io.quant4j.kernels.vector.lanes.Nearest.SHIFT_BITS;
import static jdk.incubator.vector.FloatVector.fromArray;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Codes of the elements of a group for a scale that is known; sizes are multiples of the lanes.
 * Elements are read from {@code from}, codes stored from {@code to}.
 */
final class Codes {
  /**
   * The largest float below one half: added to a magnitude below 2^23 and cut it gives the nearest
   * integer, ties away from zero. One half itself would round 0.49999997 up.
   */
  private static final float ALMOST_HALF = 0x1.fffffep-2f;

  private Codes() {}

  /** Nearest of {@code (x + minimum) / scale}, 0 to {@code largest}. */
  static void affine(
      float[] x, int from, int size, float scale, float minimum, int largest, int[] codes, int to) {
    for (int i = 0; i < size; i += COUNT) {
      fromArray(FLOATS, x, from + i)
          .add(minimum)
          .div(scale)
          .add(SHIFT)
          .reinterpretAsInts()
          .and(LOW_BITS)
          .or(HIGH_BITS)
          .max(SHIFT_BITS)
          .min(SHIFT_BITS + largest)
          .sub(SHIFT_BITS)
          .intoArray(codes, to + i);
    }
  }

  /** What {@link AsymmetricLanes} found: nearest of {@code inverse * (x - offset)}. */
  static void affineFound(
      float[] x,
      int from,
      int size,
      float inverse,
      float offset,
      int largest,
      int[] codes,
      int to) {
    for (int i = 0; i < size; i += COUNT) {
      fromArray(FLOATS, x, from + i)
          .sub(offset)
          .mul(inverse)
          .add(SHIFT)
          .reinterpretAsInts()
          .and(LOW_BITS)
          .or(HIGH_BITS)
          .max(SHIFT_BITS)
          .min(SHIFT_BITS + largest)
          .sub(SHIFT_BITS)
          .intoArray(codes, to + i);
    }
  }

  /** Nearest of {@code x / scale}, as codes 0 to 2 * zeroCode - 1. */
  static void signed(
      float[] x, int from, int size, float scale, int zeroCode, int[] codes, int to) {
    for (int i = 0; i < size; i += COUNT) {
      fromArray(FLOATS, x, from + i)
          .div(scale)
          .add(SHIFT)
          .reinterpretAsInts()
          .and(LOW_BITS)
          .or(HIGH_BITS)
          .max(SHIFT_BITS - zeroCode)
          .min(SHIFT_BITS + zeroCode - 1)
          .sub(SHIFT_BITS - zeroCode)
          .intoArray(codes, to + i);
    }
  }

  /** What {@link SymmetricLanes} found, from its {@code codeInverse}. */
  static void signedFound(
      float[] x, int from, int size, float inverse, int zeroCode, int[] codes, int to) {
    if (inverse == 0) {
      Arrays.fill(codes, to, to + size, 0);
      return;
    }
    for (int i = 0; i < size; i += COUNT) {
      fromArray(FLOATS, x, from + i)
          .mul(inverse)
          .add(SHIFT)
          .reinterpretAsInts()
          .and(LOW_BITS)
          .or(HIGH_BITS)
          .max(SHIFT_BITS - zeroCode)
          .min(SHIFT_BITS + zeroCode - 1)
          .sub(SHIFT_BITS - zeroCode)
          .intoArray(codes, to + i);
    }
  }

  /**
   * Integer part of {@code (x - offset) * inverse + addend}, which is not negative, at most {@code
   * largest}.
   */
  static void cut(
      float[] x,
      int from,
      int size,
      float offset,
      float inverse,
      float addend,
      int largest,
      int[] codes) {
    for (int i = 0; i < size; i += COUNT) {
      FloatVector scaled = fromArray(FLOATS, x, from + i).sub(offset).mul(inverse).add(addend);
      ((IntVector) scaled.convert(VectorOperators.F2I, 0)).min(largest).intoArray(codes, i);
    }
  }

  /** Nearest of {@code x * inverse}, ties away from zero, plus {@code zeroCode}. */
  static void awayFromZero(
      float[] x, int from, int size, float inverse, int zeroCode, int[] codes) {
    for (int i = 0; i < size; i += COUNT) {
      FloatVector scaled = fromArray(FLOATS, x, from + i).mul(inverse);
      IntVector sign = scaled.reinterpretAsInts().and(Integer.MIN_VALUE);
      FloatVector half = sign.or(Float.floatToRawIntBits(ALMOST_HALF)).reinterpretAsFloats();
      ((IntVector) scaled.add(half).convert(VectorOperators.F2I, 0))
          .add(zeroCode)
          .intoArray(codes, i);
    }
  }
}
