package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.tensor.TensorView;

/**
 * Root-mean-square norm (Zhang and Sennrich 2019).
 *
 * @param gain (dim)
 * @param epsilon added under the root
 */
public record RmsNorm(Buffer gain, float epsilon) {

  /**
   * The norm with a stored gain.
   *
   * @param stored (dim)
   * @param offset added to every stored number
   */
  public static RmsNorm of(Operations operations, TensorView stored, float offset, float epsilon) {
    Buffer gain = operations.load(stored);
    if (offset == 0) {
      return new RmsNorm(gain, epsilon);
    }
    float[] values = new float[(int) gain.length()];
    operations.read(gain, 0, values, 0, values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] += offset;
    }
    return new RmsNorm(operations.load(values), epsilon);
  }

  /**
   * Normalizes every row.
   *
   * @param x (batch, dim)
   * @param out (batch, dim); may be {@code x}
   */
  public void apply(Operations operations, Buffer x, int batch, Buffer out) {
    operations.rmsNorm(x, gain, epsilon, batch, out);
  }
}
