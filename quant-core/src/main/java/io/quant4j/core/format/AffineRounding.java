package io.quant4j.core.format;

/**
 * One-step choice of a scale and an offset: the smallest element gets code 0, the largest {@code
 * largestCode}, the others the nearest code; x[i] = scale * code[i] + offset. Upstream: {@code
 * quantize_row_q4_1_ref} and {@code quantize_row_q5_1_ref} in {@code ggml-quants.c}.
 *
 * <p>Holds the latest result: for one thread.
 */
final class AffineRounding {
  private final int count;
  private final int largestCode;
  private float scale;
  private float offset;

  /**
   * @param count elements of a group
   */
  AffineRounding(int count, int largestCode) {
    this.count = count;
    this.largestCode = largestCode;
  }

  float scale() {
    return scale;
  }

  float offset() {
    return offset;
  }

  /**
   * Fits one group of finite numbers.
   *
   * @param codes receives the codes from 0
   */
  void fit(float[] x, int from, byte[] codes) {
    float lowest = x[from];
    float highest = x[from];
    for (int i = from; i < from + count; i++) {
      // Unlike Math.min, this keeps the first of two zeros, whose sign is stored.
      lowest = x[i] < lowest ? x[i] : lowest;
      highest = x[i] > highest ? x[i] : highest;
    }
    offset = lowest;
    scale = (highest - lowest) / largestCode;
    float inverse = Rounding.inverse(scale);
    for (int i = 0; i < count; i++) {
      int code = (int) ((x[from + i] - lowest) * inverse + 0.5f);
      codes[i] = (byte) Math.min(largestCode, code);
    }
  }
}
