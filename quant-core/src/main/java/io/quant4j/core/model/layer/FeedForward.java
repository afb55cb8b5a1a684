package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;

/** The part of a layer that works on every token by itself. */
public interface FeedForward {

  /**
   * Works on every row.
   *
   * @param out (batch, dim); no buffer of the input
   */
  void apply(Step step, NormedInput input, Buffer out);

  /**
   * Adds what {@link #apply} gives to the rows of {@code sum}.
   *
   * @param sum (batch, dim); may be what the input is made of
   * @param scratch (batch, dim), overwritten
   */
  default void addTo(Step step, NormedInput input, Buffer sum, Buffer scratch) {
    apply(step, input, scratch);
    step.operations().add(sum, scratch);
  }
}
