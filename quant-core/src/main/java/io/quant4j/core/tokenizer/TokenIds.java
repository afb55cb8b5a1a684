package io.quant4j.core.tokenizer;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import java.util.Arrays;
import java.util.OptionalInt;

/** The ids that an encoding has produced so far. Not thread-safe. */
final class TokenIds {
  private final OptionalInt unknown;
  private int[] ids = new int[64];
  private int size;
  private boolean lastIsUnknownText;

  /**
   * @param unknown the id that stands for text without an id
   */
  TokenIds(OptionalInt unknown) {
    this.unknown = unknown;
  }

  /** Appends an id. */
  void add(int id) {
    append(id);
    lastIsUnknownText = false;
  }

  /**
   * Appends the unknown token for text that no entry expresses; a run of such text becomes one
   * token, as in SentencePiece.
   *
   * @throws InvalidRequestException if the vocabulary has no unknown token
   */
  void addUnknown(String text) {
    if (!lastIsUnknownText) {
      append(
          unknown.orElseThrow(() ->
              new InvalidRequestException(
                  ErrorLocation.subject(text),
                  "no token expresses this text and the vocabulary has no unknown token",
                  "Leave the text out, or use a model whose vocabulary covers it.")));
    }
    lastIsUnknownText = true;
  }

  private void append(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
    }
    ids[size++] = id;
  }

  int[] toArray() {
    return Arrays.copyOf(ids, size);
  }
}
