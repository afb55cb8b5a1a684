package io.quant4j.core.model.layer;

/**
 * Rotary position embedding: how far each pair of a head turns per token.
 *
 * @param within (pairs) radians per token for contexts of at most {@code originalContext}
 * @param beyond (pairs) radians per token for longer contexts
 * @param originalContext tokens
 * @param magnitude factor of every cosine and sine
 */
public record Rotary(float[] within, float[] beyond, int originalContext, float magnitude) {

  /** The same frequencies for every context. */
  public static Rotary of(float[] frequencies, float magnitude) {
    return new Rotary(frequencies, frequencies, 0, magnitude);
  }

  /** Radians per token in a sequence of at most so many tokens. */
  public float[] frequencies(int contextLength) {
    return contextLength > originalContext ? beyond : within;
  }

  /** Elements of a head that are rotated. */
  public int dimensions() {
    return 2 * within.length;
  }
}
