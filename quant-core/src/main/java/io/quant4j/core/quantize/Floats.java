package io.quant4j.core.quantize;

/** Passes over arrays of floats. */
final class Floats {
  private static final int MAGNITUDE = 0x7fff_ffff;
  private static final int INFINITY = 0x7f80_0000;

  private Floats() {}

  /** Index of the first NaN or infinity among the first {@code count} elements, or -1. */
  static int firstNonFinite(float[] values, int count) {
    int largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & MAGNITUDE);
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
   * order: four partial sums, because one alone would wait for each addition.
   */
  static double squaredDifference(float[] a, float[] b, int count) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      s0 += square(a[i], b[i]);
      s1 += square(a[i + 1], b[i + 1]);
      s2 += square(a[i + 2], b[i + 2]);
      s3 += square(a[i + 3], b[i + 3]);
    }
    for (; i < count; i++) {
      s0 += square(a[i], b[i]);
    }
    return s0 + s1 + (s2 + s3);
  }

  private static double square(float a, float b) {
    double difference = (double) a - b;
    return difference * difference;
  }
}
