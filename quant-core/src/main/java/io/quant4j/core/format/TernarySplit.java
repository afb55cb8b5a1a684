package io.quant4j.core.format;

/**
 * Which elements of a group become -1, which 0 and which 1: in ascending order those before {@link
 * #low}, those from there to {@link #high}, and the rest. The three numbers may be raised or
 * lowered by {@link TernarySearch#SHIFT}, all of a vector of 8 alike.
 *
 * <p>All ways to split are tried; for each, the best scale is Sx / Sq, with Sx = sum of w x q, Sq =
 * sum of w q^2 and q the shifted numbers. The split with the largest Sx^2 / Sq wins; the first of
 * several. The scale may be negative.
 *
 * <p>An implementation holds the latest result: for one thread.
 */
public interface TernarySplit {

  /**
   * Splits one group.
   *
   * @param x finite numbers; the group starts at {@code from}
   * @param weights of the squared errors, the first at {@code weightsFrom}
   * @param order indices of the group's elements in ascending order
   * @return whether any split is good; if not, the scale is 0, or not finite if a sum overflowed
   */
  boolean find(float[] x, int from, float[] weights, int weightsFrom, int[] order);

  /** Place in the order of the first element that is not -1. */
  int low();

  /** Place in the order of the first element that is 1. */
  int high();

  /** Bit k: the numbers of vector k are lowered, not raised. */
  int lowered();

  /** The scale. */
  float scale();
}
