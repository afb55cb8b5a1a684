package io.quant4j.core.format;

/**
 * The 16 values of a 4-bit float (sign, 2 exponent bits, 1 fraction bit), doubled so that they are
 * integers; shared by {@link MXFP4} and {@link NVFP4}. Upstream: {@code kvalues_mxfp4} in {@code
 * ggml-common.h}.
 */
public final class FourBitFloats {
  /** The largest value, doubled. */
  public static final int LARGEST = 12;

  private static final byte[] DOUBLED = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

  private FourBitFloats() {}

  /** Twice the value of a code, 0 to 15. */
  public static int doubled(int code) {
    return DOUBLED[code];
  }

  /** The first code whose doubled value times {@code scale} is nearest to {@code x}. */
  static int nearest(float x, float scale) {
    int best = 0;
    float smallest = Math.abs(DOUBLED[0] * scale - x);
    for (int code = 1; code < DOUBLED.length; code++) {
      float error = Math.abs(DOUBLED[code] * scale - x);
      if (error < smallest) {
        smallest = error;
        best = code;
      }
    }
    return best;
  }
}
