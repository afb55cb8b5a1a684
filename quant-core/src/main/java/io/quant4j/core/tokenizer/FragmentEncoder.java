package io.quant4j.core.tokenizer;

/**
 * What differs between the algorithms: how text between special tokens becomes ids. Immutable and
 * thread-safe.
 */
interface FragmentEncoder {

  /**
   * Begins to encode a text.
   *
   * @param text UTF-16 without lone surrogates
   * @param ids where the ids go
   */
  Run begin(String text, TokenIds ids);

  /** The encoding of one text. Not thread-safe. */
  interface Run {

    /**
     * Encodes a part of the text.
     *
     * @param from first UTF-16 unit
     * @param to end, exclusive; after {@code from}
     * @param afterSpecial whether a special token or the beginning of the text comes before
     */
    void encode(int from, int to, boolean afterSpecial);
  }
}
