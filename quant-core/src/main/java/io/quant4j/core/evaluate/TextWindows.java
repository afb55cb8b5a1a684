package io.quant4j.core.evaluate;

import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.TokenizerSpec;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * A tokenized text cut into windows of equal length that each begin anew, the first token of each
 * replaced by the begin token if the model wants one. Immutable.
 */
public final class TextWindows {
  private final int[] tokens;
  private final int length;
  private final OptionalInt begin;

  private TextWindows(int[] tokens, int length, OptionalInt begin) {
    this.tokens = tokens;
    this.length = length;
    this.begin = begin;
  }

  /**
   * Encodes a text, with the begin token if the model wants one.
   *
   * @param length tokens of a window
   * @param skipped windows left out at the beginning of the text
   * @param parseSpecial whether special tokens spelled out in the text are recognized
   * @throws InvalidRequestException if fewer than two windows are left
   */
  public static TextWindows of(
      Tokenizer tokenizer, String text, int length, int skipped, boolean parseSpecial) {
    int[] tokens = tokenizer.encode(text, true, parseSpecial);
    if (tokens.length < (skipped + 2L) * length) {
      throw new InvalidRequestException(
          ErrorLocation.subject("text"),
          "the text has %d tokens, %s need %d"
              .formatted(
                  tokens.length,
                  skipped == 0 ? "two windows" : "two windows after the first " + skipped,
                  (skipped + 2L) * length),
          "Give a longer text or a shorter context.");
    }
    TokenizerSpec spec = tokenizer.spec();
    OptionalInt begin = spec.addBos() ? spec.special().bos() : OptionalInt.empty();
    return new TextWindows(
        Arrays.copyOfRange(tokens, skipped * length, tokens.length), length, begin);
  }

  /** Tokens of a window. */
  public int length() {
    return length;
  }

  /** Number of whole windows. */
  public int count() {
    return tokens.length / length;
  }

  /** What the model is given for a window. */
  public int[] input(int window) {
    int[] input = Arrays.copyOfRange(tokens, window * length, (window + 1) * length);
    begin.ifPresent(token -> input[0] = token);
    return input;
  }
}
