package io.quant4j.core.evaluate;

import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import java.util.Arrays;
import java.util.List;

/** Whether two models speak of the same tokens. Otherwise their predictions do not compare. */
public final class SameTokens {
  private SameTokens() {}

  /**
   * Checks the number of logits.
   *
   * @throws InvalidRequestException if they differ
   */
  public static void checkVocabulary(int base, int other) {
    if (base != other) {
      throw differs(
          "vocabulary",
          "the base model predicts %d tokens, the other one %d".formatted(base, other));
    }
  }

  /**
   * Checks what the tokens mean and what a text becomes; how the tokenizers are written down does
   * not matter.
   *
   * @throws InvalidRequestException naming the first difference
   */
  public static void checkTokenizers(Tokenizer base, Tokenizer other, String text) {
    checkPieces(base.spec().vocabulary().pieces(), other.spec().vocabulary().pieces());
    checkBegin(begin(base), begin(other));
    int[] expected = base.encode(text, true, false);
    int[] actual = other.encode(text, true, false);
    int at = Arrays.mismatch(expected, actual);
    if (at >= 0) {
      throw differs(
          "tokenizer",
          "the text is token %s at place %d for the base model, token %s for the other one"
              .formatted(at(expected, at), at, at(actual, at)));
    }
  }

  private static void checkPieces(List<String> base, List<String> other) {
    if (base.size() != other.size()) {
      throw differs(
          "vocabulary",
          "the base model's tokenizer has %d tokens, the other one %d"
              .formatted(base.size(), other.size()));
    }
    for (int id = 0; id < base.size(); id++) {
      if (!base.get(id).equals(other.get(id))) {
        throw differs(
            "vocabulary",
            "token %d is '%s' in the base model, '%s' in the other one"
                .formatted(id, base.get(id), other.get(id)));
      }
    }
  }

  private static void checkBegin(String base, String other) {
    if (!base.equals(other)) {
      throw differs(
          "tokenizer",
          "a text of the base model begins with %s, one of the other model with %s"
              .formatted(base, other));
    }
  }

  private static String begin(Tokenizer tokenizer) {
    boolean added = tokenizer.spec().addBos() && tokenizer.spec().special().bos().isPresent();
    return added ? "token " + tokenizer.spec().special().bos().getAsInt() : "no added token";
  }

  private static String at(int[] tokens, int place) {
    return place < tokens.length ? String.valueOf(tokens[place]) : "(none)";
  }

  private static InvalidRequestException differs(String subject, String reason) {
    return new InvalidRequestException(
        ErrorLocation.subject(subject),
        reason,
        "Compare a model with the one that it was quantized from.");
  }
}
