package io.quant4j.core.session;

import io.quant4j.api.GeneratedToken;
import io.quant4j.api.Generation;
import io.quant4j.api.GenerationOptions;
import io.quant4j.api.GenerationResult;
import io.quant4j.api.GenerationResult.FinishReason;
import io.quant4j.api.Tokenizer;
import io.quant4j.api.Usage;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.SpecialTokens;
import io.quant4j.core.sample.Sampler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * One generation: reads the prompt at the first step, then samples, decodes and feeds back token by
 * token.
 */
final class TextGeneration implements Generation, Iterator<GeneratedToken> {
  private final Session session;
  private final int[] prompt;
  private final int promptTokens;
  private final GenerationOptions options;
  private final Sampler sampler;
  private final Tokenizer.Stream decoder;
  private final StopStrings stops;
  private final SpecialTokens special;
  private final StringBuilder text = new StringBuilder();
  private final List<Integer> tokens = new ArrayList<>();
  private volatile boolean cancelled;
  private boolean iterating;
  private @Nullable FinishReason finishReason;
  private @Nullable GeneratedToken next;
  private long started;
  private long promptRead;
  private long finished;

  TextGeneration(Session session, int[] prompt, GenerationOptions options) {
    this.session = session;
    this.prompt = prompt;
    this.promptTokens = prompt.length + session.pendingTokens();
    this.options = options;
    Tokenizer tokenizer = session.model().tokenizer();
    this.sampler = new Sampler(options);
    this.decoder = tokenizer.newStream(options.showSpecial());
    continueText(prompt);
    this.stops = new StopStrings(options.stopStrings());
    this.special = tokenizer.spec().special();
  }

  /**
   * Lets the decoder see what comes before, since a token's text depends on whether it begins a
   * text.
   */
  private void continueText(int[] promptTokens) {
    for (int token : session.recentTokens()) {
      decoder.accept(token);
    }
    for (int token : promptTokens) {
      decoder.accept(token);
    }
  }

  @Override
  public Iterator<GeneratedToken> iterator() {
    if (iterating) {
      throw new InvalidRequestException(
          ErrorLocation.none(),
          "the generation is being read already",
          "Read it once; call generate again for another text.");
    }
    iterating = true;
    return this;
  }

  @Override
  public Stream<GeneratedToken> stream() {
    Spliterator<GeneratedToken> spliterator =
        Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED | Spliterator.NONNULL);
    return StreamSupport.stream(spliterator, false).onClose(this::close);
  }

  @Override
  public boolean hasNext() {
    if (next == null && finishReason == null) {
      next = step();
    }
    return next != null;
  }

  @Override
  public GeneratedToken next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the generation has ended: " + finishReason);
    }
    GeneratedToken token = next;
    next = null;
    return Objects.requireNonNull(token);
  }

  /** Computes one token, or ends the generation. */
  private @Nullable GeneratedToken step() {
    if (cancelled || !readPending()) {
      finish(FinishReason.CANCELLED);
      return null;
    }
    if (tokens.size() >= options.maxTokens()) {
      finish(FinishReason.MAX_TOKENS);
      return null;
    }
    int token = session.next(sampler);
    if (special.endsGeneration(token) && !options.ignoreEndOfText()) {
      return end(token);
    }
    return emit(token);
  }

  /** Lets the model read the prompt or the last token; false if cancelled meanwhile. */
  private boolean readPending() {
    if (started != 0) {
      return session.append(new int[0], sampler, () -> false);
    }
    started = System.nanoTime();
    boolean read = session.append(prompt, sampler, () -> cancelled);
    promptRead = System.nanoTime();
    return read;
  }

  private GeneratedToken emit(int token) {
    int index = tokens.size();
    tokens.add(token);
    String piece = stops.accept(decoder.accept(token));
    boolean full = session.length() >= session.contextLength();
    if (stops.stopped()) {
      finish(FinishReason.STOP_STRING);
    } else {
      if (!full) {
        session.hold(token);
      }
      if (full || tokens.size() >= options.maxTokens()) {
        piece += heldBack();
        finish(
            stops.stopped()
                ? FinishReason.STOP_STRING
                : tokens.size() >= options.maxTokens()
                    ? FinishReason.MAX_TOKENS
                    : FinishReason.CONTEXT_FULL);
      }
    }
    text.append(piece);
    return new GeneratedToken(token, piece, index);
  }

  /** Ends the text; what was held back comes as text of the token that ended it. */
  private @Nullable GeneratedToken end(int token) {
    String rest = heldBack();
    finish(stops.stopped() ? FinishReason.STOP_STRING : FinishReason.END_OF_TEXT);
    text.append(rest);
    return rest.isEmpty() ? null : new GeneratedToken(token, rest, tokens.size());
  }

  /** Bytes of an unfinished character and text that might have begun a stop string. */
  private String heldBack() {
    String certain = stops.accept(decoder.finish());
    return stops.stopped() ? certain : certain + stops.finish();
  }

  private void finish(FinishReason reason) {
    finishReason = reason;
    finished = System.nanoTime();
  }

  @Override
  public GenerationResult result() {
    while (hasNext()) {
      next();
    }
    FinishReason reason = Objects.requireNonNull(finishReason);
    Usage usage =
        new Usage(
            started == 0 ? 0 : promptTokens,
            tokens.size(),
            Duration.ofNanos(promptRead - started),
            Duration.ofNanos(promptRead == 0 ? 0 : finished - promptRead));
    return new GenerationResult(text.toString(), tokens, reason, usage);
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public void close() {
    cancel();
    if (finishReason == null) {
      finish(FinishReason.CANCELLED);
    }
  }
}
