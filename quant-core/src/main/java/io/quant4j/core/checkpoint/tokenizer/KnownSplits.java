package io.quant4j.core.checkpoint.tokenizer;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names that llama.cpp gives to ways of splitting text into words, by the regular expressions
 * of Hugging Face.
 */
final class KnownSplits {
  /** The split of GPT-2, which {@code ByteLevel} pre-tokenizers apply unless told not to. */
  static final String GPT_2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  /** Every digit a word of its own. */
  static final String DIGIT = "\\p{N}";

  private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String SYMBOLS = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" + SPACES;
  private static final String SYMBOLS_AND_SLASHES = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + SPACES;
  private static final String WORD = "[^\\r\\n\\p{L}\\p{N}]?";
  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";

  private static final String LLAMA_3 = CONTRACTIONS + "|" + WORD + "\\p{L}+|\\p{N}{1,3}" + SYMBOLS;

  private static final String QWEN_2 = CONTRACTIONS + "|" + WORD + "\\p{L}+|\\p{N}" + SYMBOLS;

  private static final String QWEN_3_5 =
      CONTRACTIONS
          + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*"
          + SPACES;

  private static final String TEKKEN =
      WORD
          + UPPER
          + "*"
          + LOWER
          + "+|"
          + WORD
          + UPPER
          + "+"
          + LOWER
          + "*|\\p{N}"
          + SYMBOLS_AND_SLASHES;

  private static final String GPT_4O =
      WORD
          + UPPER
          + "*"
          + LOWER
          + "+"
          + CONTRACTIONS
          + "?|"
          + WORD
          + UPPER
          + "+"
          + LOWER
          + "*"
          + CONTRACTIONS
          + "?|\\p{N}{1,3}"
          + SYMBOLS_AND_SLASHES;

  private static final String DEEPSEEK_3 =
      "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r"
          + "\\n"
          + "\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r"
          + "\\n"
          + "]*"
          + SPACES;

  /**
   * By names that stand for merging every word. Of several with the same split, the one that is
   * used most.
   */
  private static final Map<List<String>, String> MERGING =
      Map.of(
          List.of(GPT_2), "gpt-2",
          List.of(DIGIT, GPT_2), "starcoder",
          List.of(LLAMA_3), "smaug-bpe",
          List.of(QWEN_2), "qwen2",
          List.of(QWEN_3_5), "qwen35",
          List.of(GPT_4O), "gpt-4o",
          List.of("\\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DEEPSEEK_3), "deepseek-v3",
          List.of("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", "[一-龥ࠀ-一가-퟿]+", DIGIT),
              "deepseek-coder");

  /** By names that also stand for taking a word that is itself an entry whole. */
  private static final Map<List<String>, String> IGNORING_MERGES =
      Map.of(List.of(LLAMA_3), "llama-bpe", List.of(TEKKEN), "tekken");

  private KnownSplits() {}

  /**
   * The name of a split. Llama.cpp's names decide on {@code ignore_merges} too. Where it has none
   * for a split that ignores merges, the name that does not is given: a vocabulary whose merges are
   * complete gives the same tokens.
   *
   * @param patterns applied one after another
   * @param ignoreMerges whether a word that is itself an entry is taken whole
   */
  static Optional<String> nameOf(List<String> patterns, boolean ignoreMerges) {
    String merging = MERGING.get(patterns);
    return Optional.ofNullable(
        ignoreMerges ? IGNORING_MERGES.getOrDefault(patterns, merging) : merging);
  }
}
