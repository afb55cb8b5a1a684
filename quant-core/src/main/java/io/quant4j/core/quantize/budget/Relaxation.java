package io.quant4j.core.quantize.budget;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The problem in which a thing may be stored partly one way and partly another: its best cost, easy
 * to find, bounds that of the real problem from below. Each thing starts at its smallest choice;
 * bytes then go where they save most, along the lower convex hulls of cost over bytes.
 */
final class Relaxation {
  private final long leastBytes;
  private final long[] bytes;
  private final double[] costs;

  /** From one choice of a thing to the next larger on its hull. */
  record Step(int thing, Choice from, Choice to) {
    long bytes() {
      return to.bytes() - from.bytes();
    }

    double saving() {
      return from.cost() - to.cost();
    }

    double efficiency() {
      return saving() / bytes();
    }
  }

  /**
   * @param hulls of some things, as {@link #hull} gives them
   * @param steps of all these hulls, the most efficient first
   */
  private Relaxation(List<List<Choice>> hulls, List<Step> steps) {
    leastBytes = hulls.stream().mapToLong(h -> h.getFirst().bytes()).sum();
    bytes = new long[steps.size() + 1];
    costs = new double[steps.size() + 1];
    costs[0] = hulls.stream().mapToDouble(h -> h.getFirst().cost()).sum();
    for (int i = 0; i < steps.size(); i++) {
      bytes[i + 1] = bytes[i] + steps.get(i).bytes();
      costs[i + 1] = costs[i] - steps.get(i).saving();
    }
  }

  static Relaxation of(List<List<Choice>> hulls) {
    return new Relaxation(hulls, steps(hulls));
  }

  /** Bytes of the smallest choices. */
  long leastBytes() {
    return leastBytes;
  }

  /** Least cost within a budget; infinite if not even the smallest choices fit. */
  double cost(long budget) {
    long spare = budget - leastBytes;
    if (spare < 0) {
      return Double.POSITIVE_INFINITY;
    }
    int low = 0;
    int high = bytes.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (bytes[middle] <= spare) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    if (low == bytes.length - 1) {
      return costs[low];
    }
    double part = (double) (spare - bytes[low]) / (bytes[low + 1] - bytes[low]);
    return costs[low] + part * (costs[low + 1] - costs[low]);
  }

  /** All steps of the hulls, the most efficient first. */
  static List<Step> steps(List<List<Choice>> hulls) {
    List<Step> steps = new ArrayList<>();
    for (int thing = 0; thing < hulls.size(); thing++) {
      List<Choice> hull = hulls.get(thing);
      for (int i = 1; i < hull.size(); i++) {
        steps.add(new Step(thing, hull.get(i - 1), hull.get(i)));
      }
    }
    steps.sort(Comparator.comparingDouble(Step::efficiency).reversed());
    return steps;
  }

  /** Those choices that are no larger than others of at most their cost, the smallest first. */
  static List<Choice> undominated(List<Choice> choices) {
    List<Choice> sorted = new ArrayList<>(choices);
    sorted.sort(Comparator.comparingLong(Choice::bytes).thenComparingDouble(Choice::cost));
    List<Choice> kept = new ArrayList<>();
    for (Choice choice : sorted) {
      if (kept.isEmpty() || choice.cost() < kept.getLast().cost()) {
        kept.add(choice);
      }
    }
    return kept;
  }

  /**
   * The lower convex hull of cost over bytes.
   *
   * @param choices as {@link #undominated} gives them
   */
  static List<Choice> hull(List<Choice> choices) {
    List<Choice> hull = new ArrayList<>();
    for (Choice choice : choices) {
      while (hull.size() > 1 && isAbove(hull.get(hull.size() - 2), hull.getLast(), choice)) {
        hull.removeLast();
      }
      hull.add(choice);
    }
    return hull;
  }

  private static boolean isAbove(Choice left, Choice middle, Choice right) {
    Step before = new Step(0, left, middle);
    Step after = new Step(0, middle, right);
    return before.efficiency() <= after.efficiency();
  }
}
