package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;
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
  public void apply(Step step, Buffer x, Buffer out) {
    step.operations().matMul(weight, x, step.batch(), out);
    addBias(step, out);
  }

  /** Adds the bias, if there is one, to what the matrix has given: (batch, out). */
  void addBias(Step step, Buffer product) {
    if (bias.isPresent()) {
      step.operations().addBias(product, bias.get(), step.batch());
    }
  }

  /**
   * {@code sum += x . weight^T + bias}.
   *
   * @param x (batch, in)
   * @param sum (batch, out)
   * @param scratch (batch, out), overwritten
   */
  void addTo(Step step, Buffer x, Buffer sum, Buffer scratch) {
    if (bias.isEmpty()) {
      step.operations().matMulAdd(weight, x, step.batch(), sum, scratch);
    } else {
      apply(step, x, scratch);
      step.operations().add(sum, scratch);
    }
  }
}
