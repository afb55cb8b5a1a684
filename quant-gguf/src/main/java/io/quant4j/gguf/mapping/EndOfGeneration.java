package io.quant4j.gguf.mapping;

import io.quant4j.api.model.TokenType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds the tokens that end a generation by their text, as upstream does (llama-vocab.cpp, {@code
 * special_eog_ids}).
 */
final class EndOfGeneration {
  private static final Set<String> TEXTS =
      Set.of(
          "<|eot_id|>",
          "<|im_end|>",
          "<|end|>",
          "<|return|>",
          "<|call|>",
          "<|flush|>",
          "<|calls|>",
          "<end_of_turn>",
          "<|endoftext|>",
          "</s>",
          "<|eom_id|>",
          "<EOT>",
          "_<EOT>",
          "[EOT]",
          "[EOS]",
          "<|end_of_text|>",
          "<end_of_utterance>",
          "<eos>",
          "<turn|>",
          "<|tool_response>",
          "<\uFF5Cend\u2581of\u2581sentence\uFF5C>",
          "[e~[",
          // Code models begin another file with these.
          "<|fim_pad|>",
          "<fim-pad>",
          "<fim_pad>",
          "<PAD>",
          "[PAD]",
          "<|fim_repo|>",
          "<|repo_name|>",
          "<fim-repo>",
          "<REPO>",
          "<reponame>",
          "<|file_sep|>");

  private EndOfGeneration() {}

  /** Ids of the pieces that are such a text, ascending. */
  static Set<Integer> byText(List<String> pieces) {
    Set<Integer> ids = allByText(pieces);
    ids.removeAll(endsOfMessages(ids, pieces));
    ids.removeAll(endsOfText(ids, pieces));
    return ids;
  }

  /**
   * Types as upstream loads them: what ends a generation is a control token whatever the file says,
   * and what it knows not to end one there is none.
   *
   * @param stored types of the file
   */
  static List<TokenType> types(List<String> pieces, List<TokenType> stored) {
    Set<Integer> ids = allByText(pieces);
    List<TokenType> types = new ArrayList<>(stored);
    ids.forEach(id -> types.set(id, TokenType.CONTROL));
    endsOfMessages(ids, pieces).forEach(id -> types.set(id, TokenType.USER_DEFINED));
    endsOfText(ids, pieces).forEach(id -> types.set(id, TokenType.NORMAL));
    return Collections.unmodifiableList(types);
  }

  private static Set<Integer> allByText(List<String> pieces) {
    Set<Integer> ids = new TreeSet<>();
    for (int id = 0; id < pieces.size(); id++) {
      String piece = pieces.get(id);
      if (beginsLikeOne(piece) && TEXTS.contains(piece)) {
        ids.add(id);
      }
    }
    return ids;
  }

  /** Ids that end messages where answers end with another token. */
  private static Set<Integer> endsOfMessages(Set<Integer> ids, List<String> pieces) {
    boolean calls = has("<|call|>", ids, pieces) || has("<|calls|>", ids, pieces);
    boolean others = has("<|return|>", ids, pieces) || has("<|flush|>", ids, pieces);
    return calls && others ? with("<|end|>", ids, pieces) : Set.of();
  }

  /** Ids of an end of text that models with a token for tool responses do not use. */
  private static Set<Integer> endsOfText(Set<Integer> ids, List<String> pieces) {
    return has("<|tool_response>", ids, pieces) ? with("</s>", ids, pieces) : Set.of();
  }

  /** Spares most of a vocabulary the hash. */
  private static boolean beginsLikeOne(String piece) {
    char first = piece.isEmpty() ? ' ' : piece.charAt(0);
    return first == '<' || first == '[' || first == '_';
  }

  private static boolean has(String text, Set<Integer> ids, List<String> pieces) {
    return !with(text, ids, pieces).isEmpty();
  }

  private static Set<Integer> with(String text, Set<Integer> ids, List<String> pieces) {
    return ids.stream().filter(id -> pieces.get(id).equals(text)).collect(Collectors.toSet());
  }
}
