package io.quant4j.core.format;

import java.util.Arrays;

/**
 * Search for a scale and points of {@link Codebook#IQ1_S} that fit a group of numbers in weighted
 * least squares: x[i] = scale * (point + shift), the shift being plus or minus {@link #SHIFT} for
 * each vector of 8. Upstream: {@code quantize_row_iq1_s_impl} and {@code quantize_row_iq1_m_impl}
 * in {@code ggml-quants.c}.
 *
 * <p>{@link TernarySplit} finds the best -1, 0 and 1 without regard to the codebook. Vectors that
 * are not in it give way to a neighbour, by {@link NeighbourChoice}; if there were any, the scale
 * is fitted once more.
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
public final class TernarySearch {
  /** Elements of a vector. */
  public static final int VECTOR = 8;

  /** How far the three numbers are raised or lowered. */
  public static final float SHIFT = 0.125f;

  private static final int LEVELS = 3;

  private final float negligible;
  private final TernarySplit split;
  private final NeighbourChoice neighbours;
  private final int[] order;
  private final byte[] levels;
  private final int[] points;
  private int lowered;
  private float scale;

  /**
   * @param count elements of a group
   * @param negligible a group in which no magnitude reaches this has scale 0
   */
  TernarySearch(int count, float negligible, TernarySplit split, NeighbourChoice neighbours) {
    this.negligible = negligible;
    this.split = split;
    this.neighbours = neighbours;
    this.order = new int[count];
    this.levels = new byte[count];
    this.points = new int[count / VECTOR];
  }

  /** What a level (0, 1 or 2) stands for: raised, or lowered if the lowest bit of this is set. */
  public static float value(int level, int lowered) {
    return level - 1 + ((lowered & 1) == 0 ? SHIFT : -SHIFT);
  }

  /** Points of the latest group. */
  int[] points() {
    return points;
  }

  /** Bit k: vector k of the latest group is lowered. */
  int lowered() {
    return lowered;
  }

  /** Scale of the latest group, not negative. */
  float scale() {
    return scale;
  }

  /**
   * Fits one group. One that is negligible, or whose weights are all 0, gets scale 0 and points 0,
   * raised. If a sum overflows, the scale is not finite.
   *
   * @param x finite numbers; the group starts at {@code from}
   * @param weights of the squared errors, the first at {@code weightsFrom}
   */
  void fit(float[] x, int from, float[] weights, int weightsFrom) {
    Arrays.fill(points, 0);
    lowered = 0;
    scale = 0;
    if (Blocks.largestMagnitude(x, from, order.length) < negligible) {
      return;
    }
    sort(x, from);
    boolean found = split.find(x, from, weights, weightsFrom, order);
    scale = split.scale();
    if (found) {
      takeSplit();
      takePoints(x, from, weights, weightsFrom);
    }
  }

  /** Sorts the group; equal elements stay in their order. */
  private void sort(float[] x, int from) {
    for (int i = 0; i < order.length; i++) {
      int place = i;
      while (place > 0 && x[from + order[place - 1]] > x[from + i]) {
        order[place] = order[place - 1];
        place--;
      }
      order[place] = i;
    }
  }

  private void takeSplit() {
    lowered = split.lowered();
    for (int j = 0; j < order.length; j++) {
      levels[order[j]] = (byte) (j < split.low() ? 0 : j < split.high() ? 1 : 2);
    }
    if (scale < 0) {
      scale = -scale;
      lowered ^= (1 << points.length) - 1;
      for (int i = 0; i < levels.length; i++) {
        levels[i] = (byte) (LEVELS - 1 - levels[i]);
      }
    }
  }

  private void takePoints(float[] x, int from, float[] weights, int weightsFrom) {
    boolean others = false;
    for (int k = 0; k < points.length; k++) {
      int candidate = Codebook.IQ1_S.candidate(levels, k * VECTOR);
      points[k] = Codebook.IQ1_S.indexOf(candidate);
      if (points[k] < 0) {
        others = true;
        points[k] =
            neighbours.best(
                candidate,
                scale,
                lowered >> k,
                x,
                from + k * VECTOR,
                weights,
                weightsFrom + k * VECTOR);
      }
    }
    if (others) {
      refit(x, from, weights, weightsFrom);
    }
  }

  private void refit(float[] x, int from, float[] weights, int weightsFrom) {
    float sumX = 0;
    float sumSquares = 0;
    for (int i = 0; i < levels.length; i++) {
      int k = i / VECTOR;
      float value = value(Codebook.IQ1_S.level(points[k], i % VECTOR), lowered >> k);
      float weight = weights[weightsFrom + i];
      sumX += weight * value * x[from + i];
      sumSquares += weight * value * value;
    }
    if (sumX > 0 && sumSquares > 0) {
      scale = sumX / sumSquares;
    }
  }
}
