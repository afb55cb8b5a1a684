package io.quant4j.core.sample;

import io.quant4j.api.GenerationOptions;
import java.util.SplittableRandom;

/**
 * Chooses the next token: repeat penalty, then top-k, top-p, min-p, then temperature, then chance,
 * in upstream's order. Not thread-safe.
 */
public final class Sampler {
  private final GenerationOptions options;
  private final SplittableRandom random;

  /** A sampler with its own sequence of random numbers. */
  public Sampler(GenerationOptions options) {
    this.options = options;
    this.random =
        options.seed().isPresent()
            ? new SplittableRandom(options.seed().getAsLong())
            : new SplittableRandom();
  }

  /**
   * The next token.
   *
   * @param rawLogits (vocab), left as they are
   * @param history tokens so far
   */
  public int next(float[] rawLogits, TokenHistory history) {
    float[] logits =
        RepeatPenalty.apply(rawLogits, history, options.repeatLastN(), options.repeatPenalty());
    if (options.temperature() == 0) {
      return argmax(logits);
    }
    Candidates candidates = Candidates.of(logits, options.topK(), options.topP(), options.minP());
    return candidates.draw(options.temperature(), random.nextDouble());
  }

  /** Index of the largest element, the first of equals. */
  static int argmax(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }
}
