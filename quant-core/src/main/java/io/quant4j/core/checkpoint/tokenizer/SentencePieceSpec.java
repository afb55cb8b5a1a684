package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.core.checkpoint.tokenizer.SentencePieceModel.Piece;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * SentencePiece BPE of {@code tokenizer.model} or {@code tokenizer.json}: Llama 1 and 2, Mistral,
 * Phi-3.
 */
final class SentencePieceSpec {
  private static final char SPACE = '\u2581';

  private SentencePieceSpec() {}

  /**
   * Puts a tokenizer together.
   *
   * @param model the vocabulary
   * @param json the {@code tokenizer.json} beside or behind it, for added tokens and the tokens
   *     around a text
   */
  static TokenizerSpec of(
      SentencePieceModel model,
      Optional<TokenizerJson> json,
      TokenizerConfig config,
      TokenizerHints hints) {
    VocabularyBuilder entries = entries(model, json, config, hints.vocabularySize());
    var rules =
        new SpecialTokenRules(
            entries,
            config,
            json.flatMap(TextFrame::of),
            hints,
            new SpecialTokenRules.Fallback(
                model.bos(), model.eos(), model.unknown(), model.padding(), model.addsBos()));
    return new TokenizerSpec(
        TokenizerSpec.SENTENCEPIECE_BPE,
        entries.build(),
        List.of(),
        Optional.empty(),
        List.of(),
        rules.tokens(),
        rules.addBos(),
        rules.addEos(),
        config.addPrefixSpace().orElse(model.addSpacePrefix()),
        false,
        entries.stripLeft(),
        entries.stripRight(),
        config.chatTemplate(),
        model.removeExtraSpaces() ? Map.of("remove_extra_whitespaces", true) : Map.of());
  }

  private static VocabularyBuilder entries(
      SentencePieceModel model,
      Optional<TokenizerJson> json,
      TokenizerConfig config,
      OptionalInt size) {
    VocabularyBuilder entries = new VocabularyBuilder(model.file(), size, true);
    for (int id = 0; id < model.pieces().size(); id++) {
      Piece piece = model.pieces().get(id);
      if (piece != null) {
        entries.add(id, text(piece.text(), piece.type()), piece.type(), piece.score());
      }
    }
    Optional<String> unknown = model.unknownPiece();
    for (AddedToken token : config.addedTokens(json)) {
      TokenType type = config.typeOf(token, unknown);
      entries.add(token, type, text(token.content(), type));
    }
    return entries;
  }

  /**
   * Entries that are looked for in the text as it is written have spaces as they are written there.
   */
  private static String text(String piece, TokenType type) {
    return type == TokenType.USER_DEFINED ? piece.replace(SPACE, ' ') : piece;
  }
}
