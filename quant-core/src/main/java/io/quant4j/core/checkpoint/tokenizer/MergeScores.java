package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.model.TokenType;
import io.quant4j.core.checkpoint.tokenizer.SentencePieceModel.Piece;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a SentencePiece vocabulary of a {@code tokenizer.json}, which ranks merges instead of
 * scoring pieces: the n-th different piece that merges lead to gets the score -n, and pieces that
 * no merge leads to (characters) follow in the order of their ids. That is the order in which
 * SentencePiece's trainer found and scored them.
 */
final class MergeScores {
  private MergeScores() {}

  /**
   * Derives the vocabulary.
   *
   * @throws MalformedModelException if a merge leads to a piece that is not in the vocabulary
   * @throws io.quant4j.api.error.UnsupportedModelException if the tokenizer is not of
   *     SentencePiece's kind
   */
  static SentencePieceModel model(TokenizerJson json, SplitRules split) {
    Normalization normalization = Normalization.of(json);
    boolean marksSpaces = normalization.replacesSpaces() || split.metaspace().isPresent();
    if (!marksSpaces || !split.patterns().isEmpty()) {
      throw json.unsupported(
          "pre_tokenizer",
          marksSpaces ? "words split before SentencePiece merges" : "merges of plain characters");
    }
    return new SentencePieceModel(
        json.file(),
        pieces(json),
        json.unknown().map(json::idOf).orElse(OptionalInt.empty()),
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        normalization.prependsSpace() || split.metaspace().orElse(false),
        false,
        false);
  }

  private static List<@Nullable Piece> pieces(TokenizerJson json) {
    Map<String, Integer> order = order(json);
    String unknown = json.unknown().orElse("");
    List<@Nullable Piece> pieces = new ArrayList<>(json.pieces().size());
    int next = order.size();
    for (String text : json.pieces()) {
      if (text == null) {
        pieces.add(null);
      } else if (text.equals(unknown)) {
        pieces.add(new Piece(text, 0, TokenType.UNKNOWN));
      } else if (json.byteFallback() && VocabularyBuilder.isByte(text)) {
        pieces.add(new Piece(text, 0, TokenType.BYTE));
      } else {
        Integer merged = order.get(text);
        pieces.add(new Piece(text, merged == null ? -next++ : -merged, TokenType.NORMAL));
      }
    }
    return pieces;
  }

  /** Pieces that merges lead to, numbered by their first merge. */
  private static Map<String, Integer> order(TokenizerJson json) {
    Map<String, Integer> order = new HashMap<>();
    Set<@Nullable String> pieces = new HashSet<>(json.pieces());
    for (int rank = 0; rank < json.merges().size(); rank++) {
      String joined = json.merges().joined(rank);
      if (!pieces.contains(joined)) {
        throw new MalformedModelException(
            ErrorLocation.of(json.file(), "/model/merges/" + rank),
            "a merge leads to '" + joined + "', which is not in the vocabulary",
            "The file is damaged; get it again.");
      }
      order.putIfAbsent(joined, order.size());
    }
    return order;
  }
}
