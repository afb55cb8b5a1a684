package io.quant4j.core.checkpoint.tokenizer;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a checkpoint's other files say about its tokens.
 *
 * @param vocabularySize rows of the embedding: the vocabulary is filled up to it; empty if not
 *     known
 * @param bos id that begins a text, used where the tokenizer's own files are silent
 * @param endOfGeneration ids at which generation stops, the most important first; ids outside the
 *     vocabulary are ignored
 */
public record TokenizerHints(
    OptionalInt vocabularySize, OptionalInt bos, List<Integer> endOfGeneration) {

  /** Most entries of a vocabulary, several times as many as any model has. */
  public static final int MAX_VOCABULARY = 1 << 21;

  /** Nothing known. */
  public static TokenizerHints none() {
    return new TokenizerHints(OptionalInt.empty(), OptionalInt.empty(), List.of());
  }
}
