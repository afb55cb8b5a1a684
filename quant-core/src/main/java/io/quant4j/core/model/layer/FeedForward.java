package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;

/** The part of a layer that works on every token by itself. */
public interface FeedForward {

  /**
   * Works on every row.
   *
   * @param x (batch, dim)
   * @param out (batch, dim); not {@code x}
   */
  void apply(Step step, Buffer x, Buffer out);

  /**
   * Adds what {@link #apply} gives to the rows of {@code sum}.
   *
   * @param x (batch, dim)
   * @param sum (batch, dim); not {@code x}
   * @param scratch (batch, dim), overwritten
   */
  default void addTo(Step step, Buffer x, Buffer sum, Buffer scratch) {
    apply(step, x, scratch);
    step.operations().add(sum, scratch);
  }
}
