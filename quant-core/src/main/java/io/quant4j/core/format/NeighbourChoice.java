package io.quant4j.core.format;

/**
 * What stands in for a vector of -1, 0 and 1 that is not in {@link Codebook#IQ1_S}: of the
 * neighbours at the three smallest distances the one with the least sum of weight * (scale * (point
 * + shift) - x)^2; the first of several.
 */
@FunctionalInterface
public interface NeighbourChoice {

  /**
   * Index of the neighbour.
   *
   * @param candidate number of the vector
   * @param lowered lowest bit 1: points are lowered, 0: raised
   * @param x what is approximated, 8 numbers from {@code from}
   * @param weights of the squared errors, 8 from {@code weightsFrom}
   */
  int best(
      int candidate,
      float scale,
      int lowered,
      float[] x,
      int from,
      float[] weights,
      int weightsFrom);
}
