package io.quant4j.api.spi;

/** Gated activation. */
@FunctionalInterface
public interface SwiGluKernel {

  /**
   * {@code gate[i] = silu(gate[i]) * up[i]} with silu(z) = z / (1 + exp(-z)). An element's result
   * does not depend on its place in the range.
   *
   * @param gate {@code count} elements from {@code gateOffset}, overwritten
   * @param up {@code count} elements from {@code upOffset}
   */
  void apply(float[] gate, int gateOffset, float[] up, int upOffset, int count);
}
