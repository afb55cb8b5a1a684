package io.quant4j.api.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A tokenizer as data. Containers fill it in; a {@link io.quant4j.api.spi.TokenizerFactory} turns
 * it into code, so each algorithm exists once.
 *
 * @param algorithm {@link #SENTENCEPIECE_BPE} or {@link #BYTE_LEVEL_BPE}, or the name of a foreign
 *     factory
 * @param vocabulary the entries
 * @param merges "left right" in order of rank, best first; empty where scores rank the merges
 * @param preTokenizer name of a known split of text into words ({@code llama-bpe}); empty if it has
 *     none or no known name
 * @param splitPatterns regular expressions that split text into words, applied one after another;
 *     empty means that the name decides
 * @param special ids with a fixed job
 * @param addBos whether encoding puts {@code bos} first
 * @param addEos whether encoding puts {@code eos} last
 * @param addSpacePrefix whether SentencePiece text begins with a space that is not in the input
 * @param ignoreMerges whether a word that is itself an entry is taken whole without merging
 * @param stripLeft ids of added tokens that swallow white space before them
 * @param stripRight ids of added tokens that swallow white space after them
 * @param chatTemplate Jinja source of the chat template, if stated
 * @param extra facts of the source container without a neutral name, by its own keys
 */
public record TokenizerSpec(
    String algorithm,
    Vocabulary vocabulary,
    List<String> merges,
    Optional<String> preTokenizer,
    List<String> splitPatterns,
    SpecialTokens special,
    boolean addBos,
    boolean addEos,
    boolean addSpacePrefix,
    boolean ignoreMerges,
    Set<Integer> stripLeft,
    Set<Integer> stripRight,
    Optional<String> chatTemplate,
    Map<String, Object> extra) {

  /** Merges of characters by score with byte fallback, as SentencePiece does for Llama 1 and 2. */
  public static final String SENTENCEPIECE_BPE = "sentencepiece-bpe";

  /** Merges of bytes by rank inside pre-split words, as GPT-2 and Llama 3 do. */
  public static final String BYTE_LEVEL_BPE = "byte-level-bpe";
}
