package io.quant4j.api;

import java.util.List;

/**
 * A finished generation.
 *
 * @param text all generated text, without the stop string
 * @param tokens ids of all generated tokens; the one that ended generation is not among them
 * @param finishReason why it ended
 * @param usage counts and times
 */
public record GenerationResult(
    String text, List<Integer> tokens, FinishReason finishReason, Usage usage) {

  public GenerationResult {
    tokens = List.copyOf(tokens);
  }

  /** Why a generation ended. */
  public enum FinishReason {
    /** The model ended the text. */
    END_OF_TEXT,
    /** A stop string appeared. */
    STOP_STRING,
    /** As many tokens as were asked for. */
    MAX_TOKENS,
    /** The session's context is full. */
    CONTEXT_FULL,
    /** Cancelled or closed early. */
    CANCELLED
  }
}
