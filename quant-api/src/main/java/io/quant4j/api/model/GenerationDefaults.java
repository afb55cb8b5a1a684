package io.quant4j.api.model;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Sampling values that a model's maker recommends; empty where nothing is stated.
 *
 * @param sample whether to sample at all (else greedy)
 */
public record GenerationDefaults(
    boolean sample,
    OptionalDouble temperature,
    OptionalInt topK,
    OptionalDouble topP,
    OptionalDouble minP,
    OptionalDouble repeatPenalty) {

  /** Nothing recommended. */
  public static GenerationDefaults none() {
    return new GenerationDefaults(
        true,
        OptionalDouble.empty(),
        OptionalInt.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty());
  }
}
