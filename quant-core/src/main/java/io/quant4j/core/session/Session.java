package io.quant4j.core.session;

import io.quant4j.api.Generation;
import io.quant4j.api.GenerationOptions;
import io.quant4j.api.InferenceSession;
import io.quant4j.api.Model;
import io.quant4j.api.error.ContextOverflowException;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.spi.DecoderState;
import io.quant4j.api.spi.LargestElements;
import io.quant4j.core.sample.Sampler;
import io.quant4j.core.sample.TokenHistory;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The state of one conversation and the loop that feeds it to the model. */
final class Session implements InferenceSession {
  private static final int RECENT = 16;

  /** All bits of a float but its sign. */
  private static final int MAGNITUDE_BITS = 0x7fff_ffff;

  /** Those bits of an infinity; NaN has more. */
  private static final int INFINITE = 0x7f80_0000;

  private final LoadedModel model;
  private final DecoderState state;
  private final TokenHistory history = new TokenHistory();

  /** All logits after the last token read, if they were asked for. */
  private final float[] logits;

  /** The largest of them, if no more was asked for. */
  private Optional<LargestElements> largest = Optional.empty();

  /** How many of the largest logits after the last token read are known. */
  private int known;

  private @Nullable TextGeneration running;
  private int[] pending = {};
  private boolean closed;

  Session(LoadedModel model, DecoderState state) {
    this.model = model;
    this.state = state;
    this.logits = new float[model.metadata().vocabularySize()];
  }

  @Override
  public Model model() {
    return model;
  }

  @Override
  public int contextLength() {
    return state.contextLength();
  }

  @Override
  public int length() {
    return state.length() + pending.length;
  }

  @Override
  public Generation generate(String prompt, GenerationOptions options) {
    checkOpen();
    endRunning();
    int[] tokens = model.tokenizer().encode(prompt, length() == 0, options.parseSpecial());
    if (tokens.length == 0 && length() == 0) {
      throw new InvalidRequestException(
          ErrorLocation.subject("prompt"),
          "the prompt is empty and the model adds no begin token",
          "Give at least one character.");
    }
    checkFits(tokens.length);
    running = new TextGeneration(this, tokens, options);
    return running;
  }

  @Override
  public void evaluate(int[] tokens, float[] target) {
    checkOpen();
    endRunning();
    if (tokens.length == 0) {
      throw new InvalidRequestException(
          ErrorLocation.subject("tokens"), "there are no tokens", "Give at least one.");
    }
    if (target.length != logits.length) {
      throw new InvalidRequestException(
          ErrorLocation.subject("logits"),
          "an array of %d cannot take %d logits".formatted(target.length, logits.length),
          "Make it as long as the model's vocabulary.");
    }
    checkFits(tokens.length);
    append(tokens, logits.length, () -> false);
    System.arraycopy(logits, 0, target, 0, logits.length);
  }

  /** Another call makes an unfinished generation end where it is. */
  private void endRunning() {
    if (running != null) {
      running.close();
      running = null;
    }
  }

  private void checkFits(int count) {
    if (length() + count > contextLength()) {
      throw new ContextOverflowException(
          ErrorLocation.none(),
          "%d tokens do not fit: the context has %d and holds %d"
              .formatted(count, contextLength(), length()),
          "Shorten the prompt, reset the session, or open one with a longer context (the model's is %d)."
              .formatted(model.metadata().contextLength()));
    }
  }

  /** Stops a long prompt between two batches. */
  @FunctionalInterface
  interface StopSignal {
    boolean isSet();
  }

  /** Appends tokens for a choice of the next one, {@link #next}. */
  boolean append(int[] tokens, Sampler sampler, StopSignal stop) {
    return append(tokens, sampler.wanted(logits.length), stop);
  }

  /**
   * Appends tokens in batches, with those pending before them. Whatever was computed when a stop is
   * signalled stays; the rest is forgotten.
   *
   * @param wanted how many of the largest logits after the last token are asked for
   * @return whether all were appended, so that these logits are known
   */
  private boolean append(int[] tokens, int wanted, StopSignal stop) {
    checkOpen();
    checkIds(tokens);
    int[] all = Arrays.copyOf(pending, pending.length + tokens.length);
    System.arraycopy(tokens, 0, all, pending.length, tokens.length);
    pending = new int[0];
    if (all.length == 0 && known < wanted) {
      state.truncate(state.length() - 1);
      read(history.last(1).toArray(), 0, 1, wanted);
    }
    for (int at = 0; at < all.length; ) {
      if (stop.isSet()) {
        return false;
      }
      int count = Math.min(state.maxBatch(), all.length - at);
      boolean last = at + count == all.length;
      read(all, at, count, last ? wanted : 0);
      for (int i = 0; i < count; i++) {
        history.add(all[at + i]);
      }
      at += count;
    }
    checkLogits();
    return true;
  }

  /** Reads one batch. */
  private void read(int[] tokens, int from, int count, int wanted) {
    known = 0;
    largest = Optional.empty();
    if (wanted == 0 || wanted == logits.length) {
      model.forward(state, tokens, from, count, Math.min(wanted, 1), logits);
    } else {
      largest = model.forwardForLargest(state, tokens, from, count, wanted, logits);
    }
    known = largest.isPresent() || wanted == 0 ? wanted : logits.length;
  }

  private void checkIds(int[] tokens) {
    for (int token : tokens) {
      if (token < 0 || token >= logits.length) {
        throw new InvalidRequestException(
            ErrorLocation.subject("tokens"),
            "token id " + token + " is outside the vocabulary of " + logits.length,
            "Use ids that the model's tokenizer made.");
      }
    }
  }

  private void checkLogits() {
    boolean finite = largest.isPresent() ? largest.get().finite() : areFinite(logits);
    if (!finite) {
      throw new MalformedModelException(
          ErrorLocation.none(),
          "the model computed numbers that are not finite",
          "Its weights are damaged or were quantized wrongly; get it again.");
    }
  }

  /** Looks at the bits: a sum of floats cannot be computed in vectors, this can. */
  private static boolean areFinite(float[] values) {
    int most = 0;
    for (float value : values) {
      most = Math.max(most, Float.floatToRawIntBits(value) & MAGNITUDE_BITS);
    }
    return most < INFINITE;
  }

  /** The token that a sampler chooses after the last token read, for which it was appended. */
  int next(Sampler sampler) {
    return largest.isPresent() ? sampler.next(largest.get()) : sampler.next(logits, history);
  }

  /** A token that was generated but not yet read by the model. */
  void hold(int token) {
    pending = new int[] {token};
  }

  /** Tokens generated but not yet read by the model. */
  int pendingTokens() {
    return pending.length;
  }

  /**
   * The latest tokens of the session, read or not: enough to know in the midst of what text it is.
   */
  int[] recentTokens() {
    return IntStream.concat(history.last(RECENT), IntStream.of(pending)).toArray();
  }

  @Override
  public void reset() {
    checkOpen();
    endRunning();
    state.truncate(0);
    known = 0;
    largest = Optional.empty();
    history.clear();
    pending = new int[0];
  }

  private void checkOpen() {
    if (closed) {
      throw new InvalidRequestException(
          ErrorLocation.none(), "the session is closed", "Open a new one with model.newSession().");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      endRunning();
      closed = true;
      state.close();
    }
  }
}
