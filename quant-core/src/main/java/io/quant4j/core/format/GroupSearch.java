package io.quant4j.core.format;

/**
 * Finds scale and points of a group by a {@link CodebookRule}. {@link CodebookSearch} says how;
 * kernels do the same faster, to the last bit.
 *
 * <p>An implementation holds scratch and the latest result: for one thread.
 */
public interface GroupSearch {

  /**
   * Fits one group.
   *
   * @param x finite magnitudes, all of them the group; some may be negative, as far as a format
   *     cannot store their sign
   * @param weights of the squared errors, as many
   * @return whether there is anything to fit; a negligible group has scale 0 and points 0
   */
  boolean fit(float[] x, float[] weights);

  /** Points of the latest group, the same array each time. */
  int[] points();

  /** Scale of the latest group; not finite if a sum overflowed. */
  float scale();
}
