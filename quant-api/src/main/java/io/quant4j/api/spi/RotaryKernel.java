package io.quant4j.api.spi;

/** Rotary position embedding in one layout. */
@FunctionalInterface
public interface RotaryKernel {

  /**
   * Rotates the first {@code dims} elements of every head of one token in place.
   *
   * @param x (heads, headDim) from {@code xOffset}
   * @param angles (dims): cosine and sine alternate, from {@code anglesOffset}
   * @param dims rotated elements of a head, even
   */
  void rotate(
      float[] x, int xOffset, int heads, int headDim, float[] angles, int anglesOffset, int dims);
}
