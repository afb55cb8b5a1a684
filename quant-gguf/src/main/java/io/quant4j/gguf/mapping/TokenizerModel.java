package io.quant4j.gguf.mapping;

import io.quant4j.api.model.TokenizerSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A kind of {@code tokenizer.ggml.model} and what a file of it means where it says nothing
 * (upstream: {@code llama_vocab::impl::load}). The ids 11 that upstream assumes for byte-level BPE
 * are Falcon's and would end a text at a comma elsewhere; they are not taken over.
 *
 * @param name in a file
 * @param algorithm neutral name
 * @param bos begins a text
 * @param eos ends a text
 * @param unknown stands for what cannot be expressed
 * @param padding fills batches
 * @param addBos whether encoding puts {@code bos} first
 * @param addEos whether encoding puts {@code eos} last
 * @param addSpacePrefix whether text begins with a space that is not in the input
 */
record TokenizerModel(
    String name,
    String algorithm,
    OptionalInt bos,
    OptionalInt eos,
    OptionalInt unknown,
    OptionalInt padding,
    boolean addBos,
    boolean addEos,
    boolean addSpacePrefix) {

  /** Begins the algorithm name of a tokenizer that has no neutral one. */
  private static final String FOREIGN_PREFIX = "gguf:";

  private static final int NONE = -1;

  private static final List<TokenizerModel> KNOWN =
      List.of(
          of("llama", TokenizerSpec.SENTENCEPIECE_BPE, 1, 2, 0, NONE, true, false, true),
          of("gpt2", TokenizerSpec.BYTE_LEVEL_BPE, NONE, NONE, NONE, NONE, false, false, false),
          of("bert", FOREIGN_PREFIX + "bert", 101, NONE, 100, 0, true, false, false),
          of("t5", FOREIGN_PREFIX + "t5", NONE, 1, 2, 0, false, true, true),
          of("plamo2", FOREIGN_PREFIX + "plamo2", 1, 2, 0, 3, false, false, false));

  private static TokenizerModel of(
      String name,
      String algorithm,
      int bos,
      int eos,
      int unknown,
      int padding,
      boolean addBos,
      boolean addEos,
      boolean addSpacePrefix) {
    return new TokenizerModel(
        name,
        algorithm,
        id(bos),
        id(eos),
        id(unknown),
        id(padding),
        addBos,
        addEos,
        addSpacePrefix);
  }

  private static OptionalInt id(int value) {
    return value == NONE ? OptionalInt.empty() : OptionalInt.of(value);
  }

  /** The model of this name; a foreign one without defaults if it is not known. */
  static TokenizerModel named(String name) {
    return KNOWN.stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseGet(
            () -> of(name, FOREIGN_PREFIX + name, NONE, NONE, NONE, NONE, false, false, false));
  }

  /** The model that an algorithm is stored as, if it can be. */
  static Optional<TokenizerModel> forAlgorithm(String algorithm) {
    if (algorithm.startsWith(FOREIGN_PREFIX)) {
      return Optional.of(named(algorithm.substring(FOREIGN_PREFIX.length())));
    }
    return KNOWN.stream().filter(model -> model.algorithm().equals(algorithm)).findFirst();
  }

  boolean isByteLevelBpe() {
    return algorithm.equals(TokenizerSpec.BYTE_LEVEL_BPE);
  }

  boolean isSentencePieceBpe() {
    return algorithm.equals(TokenizerSpec.SENTENCEPIECE_BPE);
  }
}
