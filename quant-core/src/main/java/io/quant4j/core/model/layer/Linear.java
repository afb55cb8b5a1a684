package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Weight;
import java.util.Optional;

/**
 * A matrix with an optional bias.
 *
 * @param weight (out, in)
 * @param bias (out)
 */
public record Linear(Weight weight, Optional<Buffer> bias) {

  /**
   * {@code out = x . weight^T + bias}.
   *
   * @param x (batch, in)
   * @param out (batch, out)
   */
  public void apply(Operations operations, Buffer x, int batch, Buffer out) {
    operations.matMul(weight, x, batch, out);
    bias.ifPresent(b -> operations.addBias(out, b, batch));
  }
}
