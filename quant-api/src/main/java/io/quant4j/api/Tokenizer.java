package io.quant4j.api;

import io.quant4j.api.model.TokenizerSpec;

/** Turns text into token ids and back. Thread-safe. */
public interface Tokenizer {

  /** The data it was made from. */
  TokenizerSpec spec();

  /**
   * Encodes text.
   *
   * @param addSpecial whether to add what the model expects around a text (begin and end tokens, as
   *     the spec says)
   * @param parseSpecial whether control tokens written out in the text are recognized
   */
  int[] encode(CharSequence text, boolean addSpecial, boolean parseSpecial);

  /**
   * Decodes ids; bytes that are not UTF-8 become U+FFFD.
   *
   * @param showSpecial whether control tokens appear as their text
   */
  String decode(int[] tokens, boolean showSpecial);

  /**
   * Decodes ids one by one.
   *
   * @param showSpecial whether control tokens appear as their text
   */
  Stream newStream(boolean showSpecial);

  /**
   * Incremental decoding: text is handed out as soon as its bytes form whole characters. The
   * concatenation of all results equals {@link #decode}. Not thread-safe.
   */
  interface Stream {

    /** Text that became complete with this token; may be empty. */
    String accept(int token);

    /** Text of bytes still pending: U+FFFD for an unfinished character. Resets the stream. */
    String finish();
  }
}
