package io.quant4j.api.spi;

/** RMS norm of rows. */
@FunctionalInterface
public interface RmsNormKernel {

  /**
   * {@code out = x / sqrt(mean(x^2) + epsilon) * gain} for one row.
   *
   * @param x row of {@code dim} elements from {@code xOffset}
   * @param gain (dim) from {@code gainOffset}
   * @param out row of {@code dim} elements from {@code outOffset}; may be the same as {@code x}
   */
  void normalize(
      float[] x,
      int xOffset,
      float[] gain,
      int gainOffset,
      float epsilon,
      int dim,
      float[] out,
      int outOffset);
}
