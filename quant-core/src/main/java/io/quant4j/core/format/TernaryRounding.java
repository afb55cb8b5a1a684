package io.quant4j.core.format;

/**
 * Choice of codes 0, 1, 2 for -scale, 0, scale: the scale is the largest magnitude, a code x /
 * scale rounded to nearest with ties away from zero, plus 1. Upstream: {@code
 * quantize_row_tq1_0_ref} and {@code quantize_row_tq2_0_ref} in {@code ggml-quants.c}.
 */
final class TernaryRounding {
  private TernaryRounding() {}

  /**
   * Fits as many finite numbers as {@code codes} holds.
   *
   * @return the scale
   */
  static float fit(float[] x, int from, byte[] codes) {
    float scale = Blocks.largestMagnitude(x, from, codes.length);
    float inverse = Rounding.inverse(scale);
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (Rounding.halfAwayFromZero(x[from + i] * inverse) + 1);
    }
    return scale;
  }
}
