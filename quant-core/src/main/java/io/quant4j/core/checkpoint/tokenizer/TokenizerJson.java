package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.core.checkpoint.json.JsonCursor;
import io.quant4j.core.checkpoint.json.JsonObject;
import io.quant4j.core.checkpoint.json.SmallFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A {@code tokenizer.json} whose model is BPE. The vocabulary and the merges, all but a few
 * kilobytes of the file, are read as a stream.
 */
final class TokenizerJson {
  /** The longest file that is read; the largest vocabularies in use take 35 MB. */
  private static final int MAX_BYTES = 1 << 27;

  private final Path file;
  private final List<@Nullable String> pieces = new ArrayList<>();
  private final Merges merges = new Merges();
  private final List<AddedToken> addedTokens = new ArrayList<>();
  private @Nullable JsonObject normalizer;
  private @Nullable JsonObject preTokenizer;
  private @Nullable JsonObject postProcessor;
  private @Nullable JsonObject decoder;
  private @Nullable String type;
  private @Nullable String unknown;
  private boolean byteFallback;
  private boolean ignoreMerges;
  private boolean hasMerges;

  private TokenizerJson(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws io.quant4j.api.error.MalformedModelException if it is damaged
   * @throws UnsupportedModelException if its model is not BPE
   */
  static TokenizerJson read(Path file) {
    TokenizerJson json = new TokenizerJson(file);
    JsonCursor.readMembers(file, SmallFile.bytes(file, MAX_BYTES), json::section);
    json.requireBpe();
    json.merges.resolve(file, json.pieces);
    return json;
  }

  private void section(String key, JsonCursor cursor) {
    if (cursor.isNull()) {
      return;
    }
    switch (key) {
      case "normalizer" -> normalizer = cursor.tree(key);
      case "pre_tokenizer" -> preTokenizer = cursor.tree(key);
      case "post_processor" -> postProcessor = cursor.tree(key);
      case "decoder" -> decoder = cursor.tree(key);
      case "added_tokens" ->
          cursor.array(() -> {
            JsonObject token = cursor.tree(key);
            int id = token.requireInteger("id", 0, TokenizerHints.MAX_VOCABULARY - 1);
            addedTokens.add(AddedToken.of(id, token));
          });
      case "model" -> cursor.object(member -> model(member, cursor));
      default -> cursor.skip();
    }
  }

  private void model(String key, JsonCursor cursor) {
    if (cursor.isNull()) {
      return;
    }
    switch (key) {
      case "type" -> {
        type = cursor.string();
        requireBpe();
      }
      case "vocab" -> vocabulary(cursor);
      case "merges" -> {
        hasMerges = true;
        cursor.array(() -> merges.add(cursor));
      }
      case "unk_token" -> unknown = cursor.string();
      case "byte_fallback" -> byteFallback = cursor.flag();
      case "ignore_merges" -> ignoreMerges = cursor.flag();
      case "continuing_subword_prefix", "end_of_word_suffix" -> {
        if (!cursor.string().isEmpty()) {
          throw unsupported(key, "pieces marked with " + key);
        }
      }
      default -> cursor.skip();
    }
  }

  private void requireBpe() {
    if (type == null ? !hasMerges : !type.equals("BPE")) {
      throw unsupported("model", type == null ? "an unnamed model without merges" : type);
    }
  }

  private void vocabulary(JsonCursor cursor) {
    if (cursor.isArray()) {
      throw unsupported("model", "Unigram");
    }
    cursor.object(piece -> {
      long id = cursor.count();
      if (id >= TokenizerHints.MAX_VOCABULARY) {
        throw cursor.malformed("id " + id + " is beyond any vocabulary");
      }
      while (pieces.size() <= id) {
        pieces.add(null);
      }
      if (pieces.set((int) id, piece) != null) {
        throw cursor.malformed("id " + id + " is given to two pieces");
      }
    });
  }

  /**
   * The error of a tokenizer that is beyond us.
   *
   * @param key section of the file
   * @param what what it asks for
   */
  UnsupportedModelException unsupported(String key, String what) {
    return new UnsupportedModelException(
        ErrorLocation.of(file, key),
        "the tokenizer needs " + what + ", which is not implemented",
        "Only byte-level and SentencePiece BPE tokenizers can be read.");
  }

  Path file() {
    return file;
  }

  /** Pieces by id; null where the model has no entry. */
  List<@Nullable String> pieces() {
    return pieces;
  }

  /** Id of a piece of the model. */
  OptionalInt idOf(String piece) {
    int id = pieces.indexOf(piece);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  Merges merges() {
    return merges;
  }

  List<AddedToken> addedTokens() {
    return addedTokens;
  }

  Optional<JsonObject> normalizer() {
    return Optional.ofNullable(normalizer);
  }

  Optional<JsonObject> preTokenizer() {
    return Optional.ofNullable(preTokenizer);
  }

  Optional<JsonObject> postProcessor() {
    return Optional.ofNullable(postProcessor);
  }

  Optional<JsonObject> decoder() {
    return Optional.ofNullable(decoder);
  }

  /** The piece that stands for what cannot be expressed. */
  Optional<String> unknown() {
    return Optional.ofNullable(unknown);
  }

  /** Whether characters without a piece become bytes {@code <0xNN>}. */
  boolean byteFallback() {
    return byteFallback;
  }

  boolean ignoreMerges() {
    return ignoreMerges;
  }
}
