package io.quant4j.core.tokenizer;

import io.quant4j.api.model.SpecialTokens;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.model.Vocabulary;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Makes small tokenizers by hand. */
final class SpecBuilder {
  private final String algorithm;
  private final List<String> pieces = new ArrayList<>();
  private final List<Float> scores = new ArrayList<>();
  private final List<TokenType> types = new ArrayList<>();
  private final Set<Integer> stripLeft = new HashSet<>();
  private final Set<Integer> stripRight = new HashSet<>();
  private List<String> merges = List.of();
  private List<String> patterns = List.of();
  private Optional<String> preTokenizer = Optional.empty();
  private OptionalInt bos = OptionalInt.empty();
  private OptionalInt eos = OptionalInt.empty();
  private OptionalInt unknown = OptionalInt.empty();
  private boolean addBos;
  private boolean addEos;
  private boolean addSpacePrefix;
  private boolean ignoreMerges;

  private SpecBuilder(String algorithm) {
    this.algorithm = algorithm;
  }

  static SpecBuilder sentencePiece() {
    return new SpecBuilder(TokenizerSpec.SENTENCEPIECE_BPE);
  }

  static SpecBuilder byteLevel() {
    return new SpecBuilder(TokenizerSpec.BYTE_LEVEL_BPE);
  }

  /** The id that the next entry gets. */
  int next() {
    return pieces.size();
  }

  SpecBuilder add(String piece, float score, TokenType type) {
    pieces.add(piece);
    scores.add(score);
    types.add(type);
    return this;
  }

  /** Adds ordinary entries, each with a lower score than the one before. */
  SpecBuilder words(String... words) {
    for (String word : words) {
      add(word, -pieces.size(), TokenType.NORMAL);
    }
    return this;
  }

  SpecBuilder control(String piece) {
    return add(piece, 0, TokenType.CONTROL);
  }

  SpecBuilder userDefined(String piece) {
    return add(piece, 0, TokenType.USER_DEFINED);
  }

  SpecBuilder unknown(String piece) {
    unknown = OptionalInt.of(next());
    return add(piece, 0, TokenType.UNKNOWN);
  }

  SpecBuilder bos(String piece, boolean added) {
    bos = OptionalInt.of(next());
    addBos = added;
    return control(piece);
  }

  SpecBuilder eos(String piece, boolean added) {
    eos = OptionalInt.of(next());
    addEos = added;
    return control(piece);
  }

  /** Adds {@code <0x00>} to {@code <0xFF>}. */
  SpecBuilder byteTokens() {
    for (int b = 0; b < 256; b++) {
      add("<0x%02X>".formatted(b), 0, TokenType.BYTE);
    }
    return this;
  }

  /** Adds the 256 letters of the byte alphabet. */
  SpecBuilder letters() {
    for (int b = 0; b < 256; b++) {
      words(String.valueOf(ByteAlphabet.letter(b)));
    }
    return this;
  }

  /** Sets merges and adds the entries that they lead to. */
  SpecBuilder mergedWords(String... merges) {
    this.merges = List.of(merges);
    for (String merge : merges) {
      words(merge.replace(" ", ""));
    }
    return this;
  }

  SpecBuilder merges(List<String> merges) {
    this.merges = merges;
    return this;
  }

  SpecBuilder patterns(String... patterns) {
    this.patterns = List.of(patterns);
    return this;
  }

  SpecBuilder preTokenizer(String name) {
    preTokenizer = Optional.of(name);
    return this;
  }

  SpecBuilder bosId(int id) {
    bos = OptionalInt.of(id);
    return this;
  }

  SpecBuilder addBos() {
    addBos = true;
    return this;
  }

  SpecBuilder addSpacePrefix() {
    addSpacePrefix = true;
    return this;
  }

  SpecBuilder ignoreMerges() {
    ignoreMerges = true;
    return this;
  }

  /** Lets the last entry swallow white space. */
  SpecBuilder strip(boolean left, boolean right) {
    if (left) {
      stripLeft.add(next() - 1);
    }
    if (right) {
      stripRight.add(next() - 1);
    }
    return this;
  }

  TokenizerSpec build() {
    float[] values = new float[scores.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = scores.get(i);
    }
    boolean scored = merges.isEmpty() && algorithm.equals(TokenizerSpec.SENTENCEPIECE_BPE);
    return new TokenizerSpec(
        algorithm,
        new Vocabulary(List.copyOf(pieces), scored ? values : new float[0], List.copyOf(types)),
        merges,
        preTokenizer,
        patterns,
        new SpecialTokens(bos, eos, unknown, OptionalInt.empty(), Set.of()),
        addBos,
        addEos,
        addSpacePrefix,
        ignoreMerges,
        stripLeft,
        stripRight,
        Optional.empty(),
        Map.of());
  }

  /** The spec without scores. */
  TokenizerSpec buildUnscored() {
    TokenizerSpec spec = build();
    return new TokenizerSpec(
        spec.algorithm(),
        new Vocabulary(spec.vocabulary().pieces(), new float[0], spec.vocabulary().types()),
        spec.merges(),
        spec.preTokenizer(),
        spec.splitPatterns(),
        spec.special(),
        spec.addBos(),
        spec.addEos(),
        spec.addSpacePrefix(),
        spec.ignoreMerges(),
        spec.stripLeft(),
        spec.stripRight(),
        spec.chatTemplate(),
        spec.extra());
  }
}
