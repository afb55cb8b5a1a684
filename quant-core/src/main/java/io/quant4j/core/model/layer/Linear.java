package io.quant4j.core.model.layer;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.spi.WeightSource;
import java.util.Optional;

/**
 * A matrix with an optional bias.
 *
 * @param weight (out, in)
 * @param bias (out)
 */
public record Linear(Weight weight, Optional<Buffer> bias) {

  /** The linear part of a kind and layer; its bias, if the checkpoint has one. */
  public static Linear of(
      WeightSource weights, Operations operations, TensorRole.Kind kind, int layer) {
    return new Linear(
        operations.bind(weights.require(TensorRole.weight(kind, layer))),
        weights.find(TensorRole.bias(kind, layer)).map(operations::load));
  }

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
