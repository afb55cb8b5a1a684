package io.quant4j.gguf.mapping;

import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.Vocabulary;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which added tokens swallow white space. Files do not say; upstream goes by the model's name
 * (llama-vocab.cpp, end of {@code llama_vocab::impl::load}).
 */
final class StripRules {
  private static final Set<String> PHI_3_KEEPS = Set.of("<unk>", "<s>", "<|endoftext|>");

  private StripRules() {}

  /**
   * Ids that swallow white space after them, ascending.
   *
   * @param modelName {@code general.name}
   * @param vocabulary with the types that {@link EndOfGeneration#types} makes
   */
  static Set<Integer> right(Optional<String> modelName, Vocabulary vocabulary) {
    Set<Integer> ids = new TreeSet<>();
    if (modelName.filter(StripRules::isPhi3).isPresent()) {
      for (int id = 0; id < vocabulary.size(); id++) {
        if (isAdded(vocabulary.types().get(id))
            && !PHI_3_KEEPS.contains(vocabulary.pieces().get(id))) {
          ids.add(id);
        }
      }
    }
    return ids;
  }

  private static boolean isPhi3(String modelName) {
    String lower = modelName.toLowerCase(Locale.ROOT);
    return lower.contains("phi-3") || lower.contains("phi3");
  }

  private static boolean isAdded(TokenType type) {
    return switch (type) {
      case CONTROL, UNKNOWN, USER_DEFINED -> true;
      case NORMAL, UNUSED, BYTE -> false;
    };
  }
}
