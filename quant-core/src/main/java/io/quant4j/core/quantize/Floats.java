package io.quant4j.core.quantize;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Passes over arrays of floats, written so that the compiler makes vector instructions of them. */
final class Floats {
  private static final int MAGNITUDE = 0x7fff_ffff;
  private static final int INFINITY = 0x7f80_0000;

  /** Sums that grow side by side, so that no addition waits for another. */
  private static final int SUMS = 512;

  private Floats() {}

  /** Index of the first NaN or infinity among the first {@code count} elements, or -1. */
  static int firstNonFinite(float[] values, int count) {
    MemorySegment bits = MemorySegment.ofArray(values);
    int largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, bits.getAtIndex(ValueLayout.JAVA_INT, i) & MAGNITUDE);
    }
    if (largest < INFINITY) {
      return -1;
    }
    int i = 0;
    while (Float.isFinite(values[i])) {
      i++;
    }
    return i;
  }

  /**
   * Sum of the squared differences of the first {@code count} elements, always added in the same
   * order.
   */
  static double squaredDifference(float[] a, float[] b, int count) {
    double[] squares = new double[SUMS];
    double[] sums = new double[SUMS];
    for (int from = 0; from < count; from += SUMS) {
      int length = Math.min(SUMS, count - from);
      square(a, b, from, length, squares);
      add(squares, length, sums);
    }
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    return sum;
  }

  private static void square(float[] a, float[] b, int from, int length, double[] squares) {
    for (int i = 0; i < length; i++) {
      double difference = (double) a[from + i] - b[from + i];
      squares[i] = difference * difference;
    }
  }

  private static void add(double[] squares, int length, double[] sums) {
    for (int i = 0; i < length; i++) {
      sums[i] += squares[i];
    }
  }
}
