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
    STAR
  }

  /**
   * One file.
   *
   * @param label of the file, written beside one of the points that have it
   * @param x size, above 0
   * @param y divergence, above 0
   */
  record Point(String label, double x, double y) {}
}
