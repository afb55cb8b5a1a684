package io.quant4j.api.model;

import java.util.List;
import java.util.OptionalInt;

/**
 * The entries of a tokenizer, indexed by token id.
 *
 * @param pieces text of each entry as stored: U+2581 for a space (SentencePiece) or the printable
 *     byte alphabet (GPT-2)
 * @param scores merge priority of each entry, higher first; empty where merges are ranked instead
 * @param types what each entry is for; as long as {@code pieces}
 */
public record Vocabulary(List<String> pieces, float[] scores, List<TokenType> types) {

  public Vocabulary {
    if (types.size() != pieces.size() || (scores.length != 0 && scores.length != pieces.size())) {
      throw new IllegalArgumentException(
          "vocabulary of %d pieces with %d scores and %d types"
              .formatted(pieces.size(), scores.length, types.size()));
    }
  }

  /** Number of entries. */
  public int size() {
    return pieces.size();
  }

  /** Id of the first entry with this text. Linear; tokenizers build their own index. */
  public OptionalInt find(String piece) {
    int id = pieces.indexOf(piece);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
