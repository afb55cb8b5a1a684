package io.quant4j.core.quantize.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class BudgetSolverTest {
  private static final long SEED = 42;

  @Test
  void solve_smallProblems_asCheapAsTryingAllAllocations() {
    Random random = new Random(SEED);
    for (int trial = 0; trial < 300; trial++) {
      List<List<Choice>> things = things(random, 1 + random.nextInt(6), 4);
      long budget = random.nextInt(120);

      Optional<Allocation> found = BudgetSolver.solve(things, budget);

      double best = cheapest(things, 0, budget);
      assertThat(found.isPresent()).as("trial %d", trial).isEqualTo(Double.isFinite(best));
      if (found.isPresent()) {
        assertThat(found.get().cost()).as("trial %d", trial).isCloseTo(best, within(best));
        assertThat(found.get().exact()).isTrue();
        check(things, found.get(), budget);
      }
    }
  }

  private static Offset<Double> within(double best) {
    return Offset.offset(1e-12 * Math.max(1, best));
  }

  private static double cheapest(List<List<Choice>> things, int from, long budget) {
    if (from == things.size()) {
      return budget >= 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    double best = Double.POSITIVE_INFINITY;
    for (Choice choice : things.get(from)) {
      best = Math.min(best, choice.cost() + cheapest(things, from + 1, budget - choice.bytes()));
    }
    return best;
  }

  private static List<List<Choice>> things(Random random, int count, int mostChoices) {
    List<List<Choice>> things = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Choice> choices = new ArrayList<>();
      int number = 1 + random.nextInt(mostChoices);
      for (int c = 0; c < number; c++) {
        choices.add(new Choice(c, 1 + random.nextInt(30), random.nextInt(50) / 7.0));
      }
      things.add(choices);
    }
    return things;
  }

  private static void check(List<List<Choice>> things, Allocation found, long budget) {
    long bytes = 0;
    double cost = 0;
    for (int i = 0; i < things.size(); i++) {
      Choice choice = found.choices().get(i);
      assertThat(things.get(i)).contains(choice);
      bytes += choice.bytes();
      cost += choice.cost();
    }
    assertThat(found.bytes()).isEqualTo(bytes).isLessThanOrEqualTo(budget);
    assertThat(found.cost()).isCloseTo(cost, within(cost));
  }

  @Test
  void solve_asManyMatricesAsALargeModel_exactAndAboveTheRelaxation() {
    Random random = new Random(SEED);
    double[] bits = {2.625, 3.4375, 4.25, 4.5, 5.5, 6.5625, 8.5};
    List<List<Choice>> things = new ArrayList<>();
    long least = 0;
    for (int i = 0; i < 32 * 7; i++) {
      long elements = (i % 7 < 4 ? 4096L : 14336L) * 4096;
      double sensitivity = Math.exp(random.nextGaussian());
      List<Choice> choices = new ArrayList<>();
      for (int f = 0; f < bits.length; f++) {
        long bytes = (long) (elements * bits[f] / 8);
        choices.add(new Choice(f, bytes, sensitivity * Math.pow(4, -bits[f])));
      }
      things.add(choices);
      least += choices.getFirst().bytes();
    }

    Allocation found = BudgetSolver.solve(things, least * 8 / 5).orElseThrow();

    check(things, found, least * 8 / 5);
    double relaxed =
        Relaxation.of(things.stream().map(Relaxation::undominated).map(Relaxation::hull).toList())
            .cost(least * 8 / 5);
    assertThat(found.cost()).isGreaterThanOrEqualTo(relaxed).isLessThan(1.001 * relaxed);
    assertThat(found.lowerBound()).isBetween(relaxed, found.cost());
  }

  @Test
  void solve_budgetBelowTheSmallestChoices_isEmpty() {
    List<List<Choice>> things =
        List.of(List.of(new Choice(0, 10, 0)), List.of(new Choice(0, 5, 1)));

    assertThat(BudgetSolver.solve(things, 14)).isEmpty();
    assertThat(BudgetSolver.solve(things, 15)).isPresent();
  }
}
