package io.quant4j.api;

import java.util.Collections;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much a model's predictions suffer from errors in each of its matrices. Immutable.
 *
 * @param losses by the weight's name as GGUF spells it: the expected loss, in nats of
 *     Kullback-Leibler divergence per token, divided by the relative squared error of the matrix
 *     that caused it. The relative squared error is the sum of the squared errors of all elements
 *     over the sum of their squares, both weighted with the importance of the column if there is
 *     any.
 */
public record TensorSensitivity(SortedMap<String, Double> losses) {

  public TensorSensitivity {
    losses = Collections.unmodifiableSortedMap(new TreeMap<>(losses));
    losses.forEach((name, loss) -> {
      if (!(loss >= 0 && loss < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("the sensitivity of " + name + " is " + loss);
      }
    });
  }

  /** The loss of a weight, if it was measured. */
  public OptionalDouble find(String weight) {
    Double loss = losses.get(weight);
    return loss == null ? OptionalDouble.empty() : OptionalDouble.of(loss);
  }
}
