package io.quant4j.gguf.mapping;

import io.quant4j.api.model.SpecialTokens;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.model.Vocabulary;
import io.quant4j.gguf.file.GgufValue;
import io.quant4j.gguf.file.NumberArray;
import io.quant4j.gguf.file.TextArray;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** Metadata keys of a tokenizer, in the order in which llama.cpp's converter writes them. */
final class TokenizerToKeys {
  private final TokenizerModel model;
  private final Optional<String> modelName;
  private final TokenizerSpec spec;
  private final KeyList out;

  private TokenizerToKeys(
      TokenizerModel model, Optional<String> modelName, TokenizerSpec spec, KeyList out) {
    this.model = model;
    this.modelName = modelName;
    this.spec = spec;
    this.out = out;
  }

  /**
   * Adds the keys.
   *
   * @param model the kind of tokenizer that its algorithm is stored as
   * @param modelName name of the whole model
   */
  static void put(
      TokenizerModel model, Optional<String> modelName, TokenizerSpec spec, KeyList out) {
    new TokenizerToKeys(model, modelName, spec, out).put();
  }

  private void put() {
    out.put(TokenizerKeys.MODEL, GgufValue.text(model.name()));
    putPreTokenizer();
    putVocabulary(spec.vocabulary());
    if (!spec.merges().isEmpty()) {
      out.put(TokenizerKeys.MERGES, TextArray.of(spec.merges()));
    }
    SpecialTokens special = spec.special();
    putId(TokenizerKeys.BOS, special.bos(), model.bos());
    putId(TokenizerKeys.EOS, special.eos(), model.eos());
    putId(TokenizerKeys.UNKNOWN, special.unknown(), model.unknown());
    putId(TokenizerKeys.PADDING, special.padding(), model.padding());
    putEnds(special.endOfGeneration());
    boolean bosByName = PreTokenizers.addBos(spec.preTokenizer().orElse(""));
    boolean usualBos = model.addBos() || (model.isByteLevelBpe() && bosByName);
    putFlag(TokenizerKeys.ADD_BOS, spec.addBos(), usualBos);
    putFlag(TokenizerKeys.ADD_EOS, spec.addEos(), model.addEos());
    putFlag(TokenizerKeys.ADD_SPACE_PREFIX, spec.addSpacePrefix(), model.addSpacePrefix());
    spec.chatTemplate().ifPresent(t -> out.put(TokenizerKeys.CHAT_TEMPLATE, GgufValue.text(t)));
    putIds(TokenizerKeys.STRIP_LEFT, spec.stripLeft());
    putStripRight(StripRules.right(modelName, spec.vocabulary()));
  }

  /** A stated list, even an empty one, replaces what the model's name implies. */
  private void putStripRight(Set<Integer> byName) {
    boolean implied = spec.stripRight().equals(byName);
    if (!implied || !byName.isEmpty()) {
      out.put(TokenizerKeys.STRIP_RIGHT, numbers(spec.stripRight()), implied);
    }
  }

  private void putPreTokenizer() {
    boolean bpe = model.isByteLevelBpe() || model.isSentencePieceBpe();
    String name = spec.preTokenizer().orElse(bpe ? PreTokenizers.DEFAULT : "");
    if (!name.isEmpty()) {
      out.put(TokenizerKeys.PRE, GgufValue.text(name), bpe && name.equals(PreTokenizers.DEFAULT));
    }
  }

  private void putVocabulary(Vocabulary vocabulary) {
    out.put(TokenizerKeys.TOKENS, TextArray.of(vocabulary.pieces()));
    if (vocabulary.scores().length > 0) {
      out.put(TokenizerKeys.SCORES, NumberArray.ofFloats(vocabulary.scores()));
    }
    List<TokenType> none = Collections.nCopies(vocabulary.size(), TokenType.NORMAL);
    out.put(TokenizerKeys.TYPES, types(vocabulary), means(none, vocabulary));
  }

  /** The types of the file that the tokenizer came from, if they still mean the same. */
  private NumberArray types(Vocabulary vocabulary) {
    if (spec.extra().get(TokenizerKeys.TYPES) instanceof NumberArray stored
        && means(TokenTypes.of(stored), vocabulary)) {
      return stored;
    }
    return NumberArray.ofInts(vocabulary.types().stream().mapToInt(TokenTypes::numberOf).toArray());
  }

  private static boolean means(List<TokenType> stored, Vocabulary vocabulary) {
    return stored.size() == vocabulary.size()
        && EndOfGeneration.types(vocabulary.pieces(), stored).equals(vocabulary.types());
  }

  private void putId(String key, OptionalInt id, OptionalInt usual) {
    id.ifPresent(value -> out.put(key, GgufValue.uint32(value), id.equals(usual)));
  }

  private void putFlag(String key, boolean value, boolean usual) {
    out.put(key, GgufValue.bool(value), value == usual);
  }

  /**
   * Ids that other tools do not find by text get the two keys that there are; a key of our own
   * takes the rest.
   */
  private void putEnds(Set<Integer> ends) {
    Set<Integer> rest = new TreeSet<>(ends);
    rest.removeAll(EndOfGeneration.byText(spec.vocabulary().pieces()));
    rest.removeAll(endsOfSource());
    Iterator<Integer> ids = rest.iterator();
    for (String key : List.of(TokenizerKeys.END_OF_TURN, TokenizerKeys.END_OF_MESSAGE)) {
      if (ids.hasNext() && !spec.extra().containsKey(key)) {
        out.put(key, GgufValue.uint32(ids.next()));
      }
    }
    List<Integer> more = new ArrayList<>();
    ids.forEachRemaining(more::add);
    putIds(TokenizerKeys.END_OF_GENERATION, more);
  }

  /**
   * Ids under the keys of the file that the tokenizer came from; those are written back as they
   * are.
   */
  private Set<Integer> endsOfSource() {
    Set<Integer> ids = new TreeSet<>();
    for (String key : TokenizerKeys.ENDS) {
      if (spec.extra().get(key) instanceof GgufValue.Int number) {
        ids.add((int) number.value());
      }
    }
    return ids;
  }

  private void putIds(String key, Collection<Integer> ids) {
    if (!ids.isEmpty()) {
      out.put(key, numbers(ids));
    }
  }

  private static NumberArray numbers(Collection<Integer> ids) {
    return NumberArray.ofInts(ids.stream().mapToInt(i -> i).sorted().toArray());
  }
}
