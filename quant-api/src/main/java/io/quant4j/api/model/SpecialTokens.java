package io.quant4j.api.model;

import java.util.OptionalInt;
import java.util.Set;

/**
 * Ids with a fixed job.
 *
 * @param bos begins a text
 * @param eos ends a text
 * @param unknown stands for what cannot be expressed
 * @param padding fills batches
 * @param endOfGeneration further ids at which generation stops (end of turn, ...), beside {@code
 *     eos}
 */
public record SpecialTokens(
    OptionalInt bos,
    OptionalInt eos,
    OptionalInt unknown,
    OptionalInt padding,
    Set<Integer> endOfGeneration) {

  public SpecialTokens {
    endOfGeneration = Set.copyOf(endOfGeneration);
  }

  /** Whether generation stops at this id. */
  public boolean endsGeneration(int token) {
    return (eos.isPresent() && eos.getAsInt() == token) || endOfGeneration.contains(token);
  }
}
