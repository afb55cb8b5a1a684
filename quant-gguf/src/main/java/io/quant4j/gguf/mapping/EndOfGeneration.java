package io.quant4j.gguf.mapping;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

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
    Set<Integer> ids = new TreeSet<>();
    for (int id = 0; id < pieces.size(); id++) {
      String piece = pieces.get(id);
      if (beginsLikeOne(piece) && TEXTS.contains(piece)) {
        ids.add(id);
      }
    }
    boolean calls = has(ids, pieces, "<|call|>") || has(ids, pieces, "<|calls|>");
    if (calls && (has(ids, pieces, "<|return|>") || has(ids, pieces, "<|flush|>"))) {
      // There, messages end with it but answers do not.
      ids.removeIf(id -> pieces.get(id).equals("<|end|>"));
    }
    if (has(ids, pieces, "<|tool_response>")) {
      ids.removeIf(id -> pieces.get(id).equals("</s>"));
    }
    return ids;
  }

  /** Spares most of a vocabulary the hash. */
  private static boolean beginsLikeOne(String piece) {
    char first = piece.isEmpty() ? ' ' : piece.charAt(0);
    return first == '<' || first == '[' || first == '_';
  }

  private static boolean has(Set<Integer> ids, List<String> pieces, String text) {
    return ids.stream().anyMatch(id -> pieces.get(id).equals(text));
  }
}
