package io.quant4j.core.format;

import java.util.Arrays;

/**
 * One-step choice of a signed scale: the element of largest magnitude gets code 0, the others the
 * nearest code, limited to {@code 2 * zeroCode - 1}; x[i] = scale * (code[i] - zeroCode). Upstream:
 * {@code quantize_row_q4_0_ref} and {@code quantize_row_q5_0_ref} in {@code ggml-quants.c}.
 */
final class SymmetricRounding {
  private SymmetricRounding() {}

  /**
   * Fits one group of finite numbers.
   *
   * @param codes receives {@code count} codes from 0
   * @return the scale
   */
  static float fit(float[] x, int from, int count, int zeroCode, byte[] codes) {
    float scale = Blocks.signedLargest(x, from, count) / -zeroCode;
    float inverse = scale == 0 ? 0 : 1 / scale;
    if (Float.isInfinite(inverse)) { // the scale is stored as 0; upstream's cast gives 0 here
      Arrays.fill(codes, 0, count, (byte) 0);
      return scale;
    }
    for (int i = 0; i < count; i++) {
      int code = (int) (x[from + i] * inverse + (zeroCode + 0.5f));
      codes[i] = (byte) Math.min(2 * zeroCode - 1, code);
    }
    return scale;
  }
}
