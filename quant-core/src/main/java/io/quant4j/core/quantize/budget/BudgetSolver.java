package io.quant4j.core.quantize.budget;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Picks one choice per thing so that the bytes stay within a budget and the cost is the least: the
 * multiple-choice knapsack problem. Things are taken one after the other; of the partial sums only
 * those are kept that are neither larger and dearer than another nor, by {@link Relaxation} of what
 * is left, worse than an allocation known already. What remains in the end is the optimum. Where
 * more partial sums would have to be kept than fit in memory, some are given up, and the result
 * carries the bound of the relaxation instead of a proof.
 */
public final class BudgetSolver {
  /** Partial sums kept after each thing. */
  private static final int MOST_SUMS = 1 << 17;

  private final List<List<Choice>> choices;
  private final List<List<Choice>> hulls;
  private final List<Integer> order;
  private final long budget;
  private boolean complete = true;

  /** A partial sum: the choices of the things so far, last to first. */
  private record Sum(long bytes, double cost, Choice last, Optional<Sum> before) {}

  private BudgetSolver(List<List<Choice>> things, long budget) {
    this.budget = budget;
    choices = things.stream().map(Relaxation::undominated).toList();
    hulls = choices.stream().map(Relaxation::hull).toList();
    order = new ArrayList<>();
    for (int i = 0; i < things.size(); i++) {
      order.add(i);
    }
    // Large things first: what is decided last can fill what is left of the budget.
    order.sort(Comparator.comparingLong((Integer i) -> -choices.get(i).getLast().bytes()));
  }

  /**
   * The best allocation, or empty if not even the smallest choices fit.
   *
   * @param things for each at least one choice
   * @param budget most bytes of all choices together
   */
  public static Optional<Allocation> solve(List<List<Choice>> things, long budget) {
    BudgetSolver solver = new BudgetSolver(things, budget);
    return Relaxation.of(solver.hulls).leastBytes() > budget
        ? Optional.empty()
        : Optional.of(solver.solve());
  }

  private Allocation solve() {
    List<Choice> known = greedy();
    double bound = cost(known);
    List<Sum> sums = List.of();
    for (int done = 0; done < order.size(); done++) {
      Relaxation rest =
          Relaxation.of(order.subList(done + 1, order.size()).stream().map(hulls::get).toList());
      sums = extend(sums, choices.get(order.get(done)), done == 0, rest, bound);
    }
    double relaxed = Relaxation.of(hulls).cost(budget);
    List<Choice> best = sums.isEmpty() ? known : choices(sums.getLast());
    best = cost(best) <= bound ? best : known;
    long bytes = best.stream().mapToLong(Choice::bytes).sum();
    return new Allocation(best, bytes, cost(best), complete ? cost(best) : relaxed);
  }

  private static double cost(List<Choice> allocation) {
    return allocation.stream().mapToDouble(Choice::cost).sum();
  }

  /** Takes the steps of the relaxation that fit whole. */
  private List<Choice> greedy() {
    List<Choice> taken = new ArrayList<>(hulls.stream().map(List::getFirst).toList());
    long bytes = taken.stream().mapToLong(Choice::bytes).sum();
    for (Relaxation.Step step : Relaxation.steps(hulls)) {
      boolean next = taken.get(step.thing()).equals(step.from());
      if (next && bytes + step.bytes() <= budget) {
        taken.set(step.thing(), step.to());
        bytes += step.bytes();
      }
    }
    return taken;
  }

  /** Adds each choice of a thing to each sum; sorted by bytes, and so by falling cost. */
  private List<Sum> extend(
      List<Sum> sums, List<Choice> more, boolean first, Relaxation rest, double bound) {
    List<Sum> extended = new ArrayList<>();
    for (Choice choice : more) {
      if (first) {
        addIfUseful(
            new Sum(choice.bytes(), choice.cost(), choice, Optional.empty()),
            rest,
            bound,
            extended);
      }
      for (Sum sum : sums) {
        long bytes = sum.bytes() + choice.bytes();
        addIfUseful(
            new Sum(bytes, sum.cost() + choice.cost(), choice, Optional.of(sum)),
            rest,
            bound,
            extended);
      }
    }
    extended.sort(Comparator.comparingLong(Sum::bytes).thenComparingDouble(Sum::cost));
    return thinned(undominated(extended));
  }

  private void addIfUseful(Sum sum, Relaxation rest, double bound, List<Sum> target) {
    // Sums in another order round otherwise; the tolerance keeps the optimum from being cut off.
    if (sum.cost() + rest.cost(budget - sum.bytes()) <= bound * (1 + 1e-12)) {
      target.add(sum);
    }
  }

  private static List<Sum> undominated(List<Sum> sorted) {
    List<Sum> kept = new ArrayList<>();
    for (Sum sum : sorted) {
      if (kept.isEmpty() || sum.cost() < kept.getLast().cost()) {
        kept.add(sum);
      }
    }
    return kept;
  }

  private List<Sum> thinned(List<Sum> sums) {
    if (sums.size() <= MOST_SUMS) {
      return sums;
    }
    complete = false;
    List<Sum> kept = new ArrayList<>();
    for (int i = 0; i < MOST_SUMS; i++) {
      kept.add(sums.get((int) ((long) i * sums.size() / MOST_SUMS)));
    }
    return kept;
  }

  /** The choices behind a complete sum, in the order of the things. */
  private List<Choice> choices(Sum complete) {
    List<Choice> result = new ArrayList<>(Collections.nCopies(order.size(), complete.last()));
    Optional<Sum> at = Optional.of(complete);
    for (int i = order.size() - 1; i >= 0; i--) {
      Sum sum = at.orElseThrow();
      result.set(order.get(i), sum.last());
      at = sum.before();
    }
    return result;
  }
}
