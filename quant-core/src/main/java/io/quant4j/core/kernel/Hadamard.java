package io.quant4j.core.kernel;

/**
 * Rotation by the orthonormal Walsh-Hadamard matrix, which is its own inverse. It spreads a large
 * element over all others, so that blocks that share a scale lose less; products of two rotated
 * rows are those of the rows. The idea is that of QuaRot (Ashkboos et al. 2024); upstream rotates
 * what it keeps in a quantized cache, as is done here.
 */
final class Hadamard {
  private Hadamard() {}

  /**
   * Rotates pieces of {@code size} elements in place.
   *
   * @param count a multiple of {@code size}
   * @param size a power of two, or 0: then nothing is done
   */
  static void rotate(float[] x, int at, int count, int size) {
    if (size == 0) {
      return;
    }
    float norm = (float) (1 / Math.sqrt(size));
    for (int piece = at; piece < at + count; piece += size) {
      for (int half = 1; half < size; half *= 2) {
        for (int i = piece; i < piece + size; i += 2 * half) {
          for (int j = i; j < i + half; j++) {
            float a = x[j];
            float b = x[j + half];
            x[j] = a + b;
            x[j + half] = a - b;
          }
        }
      }
      for (int i = piece; i < piece + size; i++) {
        x[i] *= norm;
      }
    }
  }
}
