package io.quant4j.api.spi;

/** Sum of two vectors. */
@FunctionalInterface
public interface AddKernel {

  /**
   * {@code x[i] += y[i]}.
   *
   * @param x {@code count} elements from {@code xOffset}, overwritten
   * @param y {@code count} elements from {@code yOffset}
   */
  void add(float[] x, int xOffset, float[] y, int yOffset, int count);
}
