package io.quant4j.core.quantize.budget;

import java.util.List;

/**
 * One choice for each thing to be stored.
 *
 * @param choices in the order of the things
 * @param bytes of all choices together
 * @param cost of all choices together
 * @param lowerBound no allocation within the budget costs less than this
 */
public record Allocation(List<Choice> choices, long bytes, double cost, double lowerBound) {

  public Allocation {
    choices = List.copyOf(choices);
  }

  /** Whether no other allocation within the budget costs less. */
  public boolean exact() {
    return cost <= lowerBound;
  }
}
