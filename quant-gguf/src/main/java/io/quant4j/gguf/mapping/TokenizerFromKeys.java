package io.quant4j.gguf.mapping;

import io.quant4j.api.model.SpecialTokens;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.model.Vocabulary;
import io.quant4j.gguf.file.GgufType;
import io.quant4j.gguf.file.NumberArray;
import io.quant4j.gguf.file.TextArray;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** A tokenizer from metadata keys, checked for types and counts. */
final class TokenizerFromKeys {
  /** More than any known vocabulary or list of merges has; bounds the strings that are made. */
  private static final int MAX_ENTRIES = 1 << 22;

  /** The one byte-level BPE whose merges follow from the order of the tokens. */
  private static final String MERGELESS = "kimi-k2";

  private final KeyReader in;
  private final TokenizerModel model;

  private TokenizerFromKeys(KeyReader in, TokenizerModel model) {
    this.in = in;
    this.model = model;
  }

  /** Reads a tokenizer, if the file holds one; {@link TokenizerSpec#extra()} stays empty. */
  static Optional<TokenizerSpec> read(KeyReader in) {
    return in.text(TokenizerKeys.MODEL)
        .filter(name -> !name.equals("none") && !name.equals("no_vocab"))
        .map(name -> new TokenizerFromKeys(in, TokenizerModel.named(name)).read());
  }

  private TokenizerSpec read() {
    Vocabulary vocabulary = vocabulary();
    Optional<String> pre = in.text(TokenizerKeys.PRE);
    if (model.isByteLevelBpe() && pre.isEmpty()) {
      pre = Optional.of(PreTokenizers.DEFAULT);
    }
    String split = model.isByteLevelBpe() ? pre.orElseThrow() : "";
    return new TokenizerSpec(
        model.algorithm(),
        vocabulary,
        merges(split),
        pre,
        List.of(),
        special(vocabulary),
        in.flag(TokenizerKeys.ADD_BOS).orElse(model.addBos() || PreTokenizers.addBos(split)),
        in.flag(TokenizerKeys.ADD_EOS).orElse(model.addEos()),
        in.flag(TokenizerKeys.ADD_SPACE_PREFIX).orElse(model.addSpacePrefix()),
        PreTokenizers.ignoreMerges(split),
        ids(TokenizerKeys.STRIP_LEFT, vocabulary.size()),
        in.has(TokenizerKeys.STRIP_RIGHT)
            ? ids(TokenizerKeys.STRIP_RIGHT, vocabulary.size())
            : StripRules.right(in.text(ModelKeys.NAME), vocabulary),
        in.text(TokenizerKeys.CHAT_TEMPLATE),
        Map.of());
  }

  private Vocabulary vocabulary() {
    TextArray tokens =
        in.texts(TokenizerKeys.TOKENS)
            .orElseThrow(() -> in.malformed(TokenizerKeys.TOKENS, "the key is missing"));
    checkLimit(TokenizerKeys.TOKENS, tokens.size());
    Optional<NumberArray> scores = in.numbers(TokenizerKeys.SCORES, GgufType.FLOAT32);
    if (model.isSentencePieceBpe() && scores.isEmpty()) {
      throw in.malformed(
          TokenizerKeys.SCORES, "the key is missing, and its scores rank the merges");
    }
    scores.ifPresent(array -> checkCount(TokenizerKeys.SCORES, array.size(), tokens.size()));
    List<String> pieces = tokens.values();
    return new Vocabulary(
        pieces,
        scores.map(NumberArray::floats).orElseGet(() -> new float[0]),
        EndOfGeneration.types(pieces, types(pieces.size())));
  }

  private void checkLimit(String key, int count) {
    if (count > MAX_ENTRIES) {
      throw in.unsupported(key, "%d entries, above the limit of %d".formatted(count, MAX_ENTRIES));
    }
  }

  private void checkCount(String key, int count, int tokens) {
    if (count != tokens) {
      throw in.malformed(key, "%d entries for %d tokens".formatted(count, tokens));
    }
  }

  private List<TokenType> types(int tokens) {
    Optional<NumberArray> stored = in.numbers(TokenizerKeys.TYPES, GgufType.INT32);
    if (stored.isEmpty()) {
      return Collections.nCopies(tokens, TokenType.NORMAL);
    }
    NumberArray numbers = stored.get();
    checkCount(TokenizerKeys.TYPES, numbers.size(), tokens);
    for (int id = 0; id < tokens; id++) {
      if (!TokenTypes.exists(numbers.integer(id))) {
        throw in.malformed(
            TokenizerKeys.TYPES,
            "token %d is of type %d, which does not exist".formatted(id, numbers.integer(id)));
      }
    }
    return TokenTypes.of(numbers);
  }

  private List<String> merges(String split) {
    Optional<TextArray> merges = in.texts(TokenizerKeys.MERGES);
    if (merges.isEmpty() && model.isByteLevelBpe() && !split.equals(MERGELESS)) {
      throw in.malformed(TokenizerKeys.MERGES, "the key is missing");
    }
    merges.ifPresent(array -> checkLimit(TokenizerKeys.MERGES, array.size()));
    return merges.map(TextArray::values).orElse(List.of());
  }

  private SpecialTokens special(Vocabulary vocabulary) {
    int tokens = vocabulary.size();
    OptionalInt eos = id(TokenizerKeys.EOS, model.eos(), tokens);
    Set<Integer> ends = EndOfGeneration.byText(vocabulary.pieces());
    for (String key : TokenizerKeys.ENDS) {
      in.tokenId(key, tokens).ifPresent(ends::add);
    }
    ends.addAll(ids(TokenizerKeys.END_OF_GENERATION, tokens));
    eos.ifPresent(ends::remove);
    return new SpecialTokens(
        id(TokenizerKeys.BOS, model.bos(), tokens),
        eos,
        id(TokenizerKeys.UNKNOWN, model.unknown(), tokens),
        id(TokenizerKeys.PADDING, model.padding(), tokens),
        ends);
  }

  private OptionalInt id(String key, OptionalInt fallback, int tokens) {
    OptionalInt stated = in.tokenId(key, tokens);
    if (stated.isPresent() || in.has(key)) {
      return stated;
    }
    return fallback.isPresent() && fallback.getAsInt() < tokens ? fallback : OptionalInt.empty();
  }

  private Set<Integer> ids(String key, int tokens) {
    Optional<NumberArray> stored = in.numbers(key, GgufType.INT32);
    Set<Integer> ids = new TreeSet<>();
    for (int i = 0; i < stored.map(NumberArray::size).orElse(0); i++) {
      long id = stored.orElseThrow().integer(i);
      if (id < 0 || id >= tokens) {
        throw in.malformed(key, "%d is no id of %d tokens".formatted(id, tokens));
      }
      ids.add((int) id);
    }
    return ids;
  }
}
