package io.quant4j.core.sample;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The tokens of a sequence, in order. Grows; not thread-safe. */
public final class TokenHistory {
  private int[] tokens = new int[256];
  private int length;

  /** An empty history. */
  public TokenHistory() {}

  /** Appends a token. */
  public void add(int token) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * length);
    }
    tokens[length++] = token;
  }

  /** Forgets everything. */
  public void clear() {
    length = 0;
  }

  /** The latest tokens, at most {@code count}. */
  public IntStream last(int count) {
    return Arrays.stream(tokens, Math.max(0, length - count), length);
  }
}
