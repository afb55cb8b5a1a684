package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.api.model.SpecialTokens;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.core.checkpoint.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Byte-level BPE of {@code tokenizer.json}: GPT-2, Llama 3, Qwen and their kin. */
final class ByteLevelSpec {
  private static final String BYTE_LEVEL = "ByteLevel";

  private ByteLevelSpec() {}

  /** Whether text becomes bytes in GPT-2's alphabet before it is merged. */
  static boolean isByteLevel(TokenizerJson json, SplitRules split) {
    return split.byteLevel() || json.decoder().map(ByteLevelSpec::decodesBytes).orElse(false);
  }

  private static boolean decodesBytes(JsonObject decoder) {
    return decoder.requireText("type").equals(BYTE_LEVEL)
        || decoder.objects("decoders").stream().anyMatch(ByteLevelSpec::decodesBytes);
  }

  static TokenizerSpec of(
      TokenizerJson json, SplitRules split, TokenizerConfig config, TokenizerHints hints) {
    Normalization normalization = Normalization.of(json);
    if (!split.byteLevel() || normalization.replacesSpaces() || normalization.prependsSpace()) {
      throw json.unsupported("pre_tokenizer", "a mixture of byte-level and SentencePiece steps");
    }
    VocabularyBuilder entries = new VocabularyBuilder(json.file(), hints.vocabularySize(), false);
    for (int id = 0; id < json.pieces().size(); id++) {
      String piece = json.pieces().get(id);
      if (piece != null) {
        boolean unknown = json.unknown().filter(piece::equals).isPresent();
        entries.add(id, piece, unknown ? TokenType.UNKNOWN : TokenType.NORMAL, 0);
      }
    }
    for (AddedToken token : config.addedTokens(Optional.of(json))) {
      entries.add(token, config.typeOf(token, json.unknown()), token.content());
    }
    OptionalInt none = OptionalInt.empty();
    OptionalInt unknown = json.unknown().map(entries::find).orElse(none);
    var fallback = new SpecialTokenRules.Fallback(none, none, unknown, none, false);
    var rules = new SpecialTokenRules(entries, config, TextFrame.of(json), hints, fallback);
    return spec(json, split, config, entries, rules);
  }

  private static TokenizerSpec spec(
      TokenizerJson json,
      SplitRules split,
      TokenizerConfig config,
      VocabularyBuilder entries,
      SpecialTokenRules rules) {
    SpecialTokens special = rules.tokens();
    return new TokenizerSpec(
        TokenizerSpec.BYTE_LEVEL_BPE,
        entries.build(),
        json.merges().texts(),
        KnownSplits.nameOf(split.patterns(), json.ignoreMerges()),
        split.patterns(),
        special,
        rules.addBos(),
        rules.addEos(),
        false,
        json.ignoreMerges(),
        entries.stripLeft(),
        entries.stripRight(),
        config.chatTemplate(),
        Map.of());
  }
}
