package io.quant4j.api.model;

/**
 * Bounds that values are bent to smoothly, {@code cap * tanh(x / cap)}; 0 where there is none.
 *
 * @param attention of the scaled products of queries and keys
 * @param output of the logits
 */
public record SoftCaps(float attention, float output) {

  /** No bounds. */
  public static final SoftCaps NONE = new SoftCaps(0, 0);
}
