package io.quant4j.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Places words beside points so that they cover neither points nor each other: of a ring of places
 * around the point, the nearest that is free.
 */
final class Labels {
  static final double FONT_SIZE = 11;
  private static final double CHARACTER_WIDTH = 0.66 * FONT_SIZE;
  private static final double POINT_RADIUS = 6;
  private static final int DIRECTIONS = 16;
  private static final double FARTHEST = 90;

  private final Box area;
  private final List<Box> taken = new ArrayList<>();

  /**
   * @param area where words may be
   */
  Labels(Box area) {
    this.area = area;
  }

  /** A rectangle, in pixels. */
  record Box(double left, double top, double right, double bottom) {
    double overlap(Box other) {
      double width = Math.min(right, other.right) - Math.max(left, other.left);
      double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
      return width > 0 && height > 0 ? width * height : 0;
    }

    boolean contains(Box other) {
      return left <= other.left
          && top <= other.top
          && right >= other.right
          && bottom >= other.bottom;
    }

    double centerX() {
      return (left + right) / 2;
    }

    double centerY() {
      return (top + bottom) / 2;
    }
  }

  /** Keeps words off a point. */
  void avoid(double x, double y) {
    taken.add(new Box(x - POINT_RADIUS, y - POINT_RADIUS, x + POINT_RADIUS, y + POINT_RADIUS));
  }

  /** The place of a word for a point; the least covered one if none is free. */
  Box place(String word, double x, double y) {
    List<Box> candidates = new ArrayList<>();
    double width = word.length() * CHARACTER_WIDTH;
    for (double distance = 10; distance <= FARTHEST; distance += 8) {
      for (int i = 0; i < DIRECTIONS; i++) {
        double angle = 2 * Math.PI * i / DIRECTIONS;
        double centerX = x + Math.cos(angle) * (distance + width / 2);
        double centerY = y + Math.sin(angle) * (distance + FONT_SIZE / 2);
        Box box =
            new Box(
                centerX - width / 2,
                centerY - FONT_SIZE / 2,
                centerX + width / 2,
                centerY + FONT_SIZE / 2);
        if (area.contains(box)) {
          candidates.add(box);
        }
      }
    }
    Box best = candidates.stream().min(Comparator.comparingDouble(this::covered)).orElse(area);
    taken.add(best);
    return best;
  }

  private double covered(Box box) {
    return taken.stream().mapToDouble(box::overlap).sum();
  }
}
