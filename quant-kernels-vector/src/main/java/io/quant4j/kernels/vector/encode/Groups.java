package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.quant4j.kernels.vector.lanes.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Groups of a row, one in each lane. */
final class Groups {
  private static final int MAGNITUDE = 0x7fff_ffff;
  private static final int INFINITY = 0x7f80_0000;

  private Groups() {}

  /**
   * Lays groups side by side: element i of group g goes to lane {@code g % COUNT} of vector {@code
   * g / COUNT * size + i}. Lanes of the last vectors without a group are zeros.
   *
   * @param from of the first group
   * @param size elements of a group
   * @param groups how many
   * @param lanes room for as many groups as fill whole vectors
   */
  static void load(float[] row, int from, int size, int groups, float[] lanes) {
    int last = groups / COUNT * COUNT;
    if (last < groups) {
      Arrays.fill(lanes, last * size, (last + COUNT) * size, 0);
    }
    for (int g = 0; g < groups; g++) {
      int start = from + g * size;
      int to = g / COUNT * COUNT * size + g % COUNT;
      for (int i = 0; i < size; i++) {
        lanes[to + i * COUNT] = row[start + i];
      }
    }
  }

  /** Whether {@code count} elements, a multiple of the lanes, are neither NaN nor infinite. */
  static boolean finite(float[] values, int from, int count) {
    IntVector largest = IntVector.zero(Lanes.INTS);
    for (int i = from; i < from + count; i += COUNT) {
      largest = largest.max(fromArray(FLOATS, values, i).reinterpretAsInts().and(MAGNITUDE));
    }
    return largest.reduceLanes(VectorOperators.MAX) < INFINITY;
  }

  /**
   * The first element of the largest magnitude in each group, with its sign; +0 if all are zero.
   */
  static void signedLargest(float[] lanes, float[] largest) {
    FloatVector found = FloatVector.zero(FLOATS);
    for (int i = 0; i < lanes.length; i += COUNT) {
      FloatVector value = fromArray(FLOATS, lanes, i);
      found = found.blend(value, value.abs().compare(VectorOperators.GT, found.abs()));
    }
    found.intoArray(largest, 0);
  }
}
