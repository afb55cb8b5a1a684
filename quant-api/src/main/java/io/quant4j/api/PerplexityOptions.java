package io.quant4j.api;

import java.util.OptionalInt;

/**
 * How perplexity is measured, and how two models are compared.
 *
 * @param context tokens of a window
 * @param chunks most windows; empty for all
 * @param listener told of progress after every window
 * @param cancellation stops the work
 */
public record PerplexityOptions(
    int context, OptionalInt chunks, ProgressListener listener, CancellationToken cancellation) {

  public PerplexityOptions {
    if (context < 8) {
      throw Options.invalid(
          "context", "must be at least 8 tokens, not " + context, "512 is usual.");
    }
    if (chunks.isPresent() && chunks.getAsInt() < 1) {
      throw Options.invalid(
          "chunks", "must be at least 1, not " + chunks.getAsInt(), "Leave it out for all.");
    }
  }

  /** Windows of 512 tokens over the whole text. */
  public static PerplexityOptions defaults() {
    return new PerplexityOptions(
        512, OptionalInt.empty(), ProgressListener.NONE, new CancellationToken());
  }

  public PerplexityOptions withContext(int tokens) {
    return new PerplexityOptions(tokens, chunks, listener, cancellation);
  }

  public PerplexityOptions withChunks(int most) {
    return new PerplexityOptions(context, OptionalInt.of(most), listener, cancellation);
  }

  public PerplexityOptions withListener(ProgressListener value) {
    return new PerplexityOptions(context, chunks, value, cancellation);
  }

  public PerplexityOptions withCancellation(CancellationToken value) {
    return new PerplexityOptions(context, chunks, listener, value);
  }
}
