package io.quant4j.core.model.layer;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.WeightSource;

/**
 * Root-mean-square norm (Zhang and Sennrich 2019).
 *
 * @param gain (dim)
 * @param epsilon added under the root
 */
public record RmsNorm(Buffer gain, float epsilon) {

  /** The norm of this role. */
  public static RmsNorm of(
      WeightSource weights, Operations operations, TensorRole role, float epsilon) {
    return new RmsNorm(operations.load(weights.require(role)), epsilon);
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
