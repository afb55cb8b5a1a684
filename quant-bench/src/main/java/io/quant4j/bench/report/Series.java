package io.quant4j.bench.report;

import java.util.List;

/**
 * Points that are drawn alike.
 *
 * @param name in the legend
 * @param mark how they are drawn
 * @param color of the mark, as CSS writes it
 * @param points in any order
 */
record Series(String name, Mark mark, String color, List<Point> points) {

  Series {
    points = List.copyOf(points);
  }

  /** Shapes of points. */
  enum Mark {
    DISC,
    RING,
    SQUARE,
    DIAMOND,
    STAR,
    /** The points are joined in their order, and have no labels. */
    LINE
  }

  /**
   * A pair of figures.
   *
   * @param label written beside one of the points that have it
   * @param x above 0
   * @param y above 0
   */
  record Point(String label, double x, double y) {}
}
