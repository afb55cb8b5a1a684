package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static io.quant4j.kernels.vector.lanes.Lanes.INTS;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.quant4j.core.format.FourBitFloats;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Codes of 4-bit floats. */
final class FourBitCodes {
  private static final int CODES = 16;

  private FourBitCodes() {}

  /**
   * The first code whose doubled value times {@code scale} is nearest, for each of {@code size}
   * elements, a multiple of the lanes; 0 where there is none because of NaN.
   */
  static void nearest(float[] x, int from, int size, float scale, int[] codes) {
    for (int i = 0; i < size; i += COUNT) {
      FloatVector value = fromArray(FLOATS, x, from + i);
      FloatVector smallest = value.abs();
      IntVector best = IntVector.zero(INTS);
      for (int code = 1; code < CODES; code++) {
        float candidate = FourBitFloats.doubled(code) * scale;
        FloatVector error = FloatVector.broadcast(FLOATS, candidate).sub(value).abs();
        VectorMask<Float> nearer = error.compare(VectorOperators.LT, smallest);
        smallest = smallest.blend(error, nearer);
        best = best.blend(code, nearer.cast(INTS));
      }
      best.intoArray(codes, i);
    }
  }
}
