package io.quant4j.core.sample;

import io.quant4j.api.GenerationOptions;
import io.quant4j.api.spi.LargestElements;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Chooses the next token: repeat penalty, then top-k, top-p, min-p, then temperature, then chance,
 * in upstream's order. Not thread-safe.
 */
public final class Sampler {
  private final GenerationOptions options;
  private final SplittableRandom random;

  /** Kept for the next token: a vocabulary is the largest of a token's arrays. */
  private float[] penalized = {};

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
    float[] logits = options.repeatPenalty() == 1 ? rawLogits : penalized(rawLogits, history);
    if (options.temperature() == 0) {
      return argmax(logits);
    }
    Candidates candidates = Candidates.of(logits, options.topK(), options.topP(), options.minP());
    return candidates.draw(options.temperature(), random.nextDouble());
  }

  private float[] penalized(float[] logits, TokenHistory history) {
    if (penalized.length != logits.length) {
      penalized = new float[logits.length];
    }
    RepeatPenalty.apply(logits, history, options.repeatLastN(), options.repeatPenalty(), penalized);
    return penalized;
  }

  /**
   * How many of the largest logits say enough for {@link #next(LargestElements)}; all if a filter
   * or the penalty looks at more.
   */
  public int wanted(int vocabulary) {
    if (options.repeatPenalty() != 1) {
      return vocabulary;
    }
    if (options.temperature() == 0) {
      return 1;
    }
    return options.topK() > 0 ? Math.min(options.topK(), vocabulary) : vocabulary;
  }

  /**
   * The next token: what {@link #next(float[], TokenHistory)} would choose from all logits.
   *
   * @param largest at least {@link #wanted} of them
   */
  public int next(LargestElements largest) {
    if (options.temperature() == 0) {
      return largest.indices()[0];
    }
    int count = Math.min(options.topK(), largest.indices().length);
    int[] tokens = Arrays.copyOf(largest.indices(), count);
    float[] logits = Arrays.copyOf(largest.values(), count);
    return Candidates.ofLargest(tokens, logits, options.topP(), options.minP())
        .draw(options.temperature(), random.nextDouble());
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
