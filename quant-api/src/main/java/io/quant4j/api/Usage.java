package io.quant4j.api;

import java.time.Duration;

/**
 * What a generation cost.
 *
 * @param promptTokens tokens read in this call, begin token included
 * @param generatedTokens tokens generated
 * @param promptTime until the logits of the first generated token were there
 * @param generationTime from then on
 */
public record Usage(
    int promptTokens, int generatedTokens, Duration promptTime, Duration generationTime) {

  /** Prompt tokens per second. */
  public double promptTokensPerSecond() {
    return perSecond(promptTokens, promptTime);
  }

  /** Generated tokens per second; the first one's work is part of the prompt. */
  public double generatedTokensPerSecond() {
    return perSecond(Math.max(0, generatedTokens - 1), generationTime);
  }

  private static double perSecond(int tokens, Duration time) {
    return time.isZero() ? 0 : tokens * 1e9 / time.toNanos();
  }
}
