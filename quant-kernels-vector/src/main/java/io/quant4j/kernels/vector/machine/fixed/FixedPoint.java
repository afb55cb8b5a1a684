package io.quant4j.kernels.vector.machine.fixed;

/**
 * The numbers of the fixed-point form.
 *
 * <p>No sum overflows: a lane of 32 bits takes {@link #GROUP} / 16 = 16 products of a group, and 16
 * * 8191 * 16383 = 2147090448 is below 2^31.
 */
final class FixedPoint {
  /** Columns that share a scale. */
  static final int GROUP = 256;

  /** The largest magnitude of a weight. */
  static final int WEIGHT_LEVELS = (1 << 13) - 1;

  /** The largest magnitude of an element of a vector. */
  static final int VECTOR_LEVELS = (1 << 14) - 1;

  /**
   * A group whose largest magnitude is below this is rounded as if it were this: so scales and
   * their products are neither zero nor subnormal, and a group of zeros is no special case.
   */
  static final float SMALLEST_MAXIMUM = 0x1p-48f;

  private FixedPoint() {}

  /** Groups of a row, the last one filled up with zeros. */
  static int groups(int cols) {
    return (cols + GROUP - 1) / GROUP;
  }

  /** Halves of groups of a row that have columns. */
  static int halves(int cols) {
    return (cols + GROUP / 2 - 1) / (GROUP / 2);
  }
}
