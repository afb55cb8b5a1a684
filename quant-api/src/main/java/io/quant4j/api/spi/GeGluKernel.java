package io.quant4j.api.spi;

/** Gated activation with GELU in its usual approximation by a hyperbolic tangent. */
@FunctionalInterface
public interface GeGluKernel {

  /**
   * {@code gate[i] = gelu(gate[i]) * up[i]} with gelu(z) = z / 2 * (1 + tanh(sqrt(2 / pi) * (z +
   * 0.044715 z^3))) (Hendrycks and Gimpel 2016). An element's result does not depend on its place
   * in the range.
   *
   * @param gate {@code count} elements from {@code gateOffset}, overwritten
   * @param up {@code count} elements from {@code upOffset}
   */
  void apply(float[] gate, int gateOffset, float[] up, int upOffset, int count);
}
