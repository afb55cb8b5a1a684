package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Nearest;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Codes of a group whose zero is in the middle: 0 to 2 * zeroCode - 1. */
final class SignedCodes {
  private SignedCodes() {}

  /** The nearest codes for a stored scale other than 0. */
  static void nearest(
      float[] row, int from, int size, float scale, int zeroCode, int[] codes, int to) {
    for (int i = 0; i < size; i += COUNT) {
      FloatVector scaled = Lanes.floats(row, from + i).div(scale);
      Nearest.limitedInts(scaled, -zeroCode, zeroCode - 1).add(zeroCode).intoArray(codes, to + i);
    }
  }

  /** The codes that {@link SymmetricLanes} found, from its {@code codeInverse}. */
  static void found(
      float[] row, int from, int size, float inverse, int zeroCode, int[] codes, int to) {
    if (inverse == 0) {
      Arrays.fill(codes, to, to + size, 0);
      return;
    }
    for (int i = 0; i < size; i += COUNT) {
      FloatVector scaled = Lanes.floats(row, from + i).mul(inverse);
      Nearest.limitedInts(scaled, -zeroCode, zeroCode - 1).add(zeroCode).intoArray(codes, to + i);
    }
  }
}
