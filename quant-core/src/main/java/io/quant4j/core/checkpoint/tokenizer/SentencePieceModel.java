package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.TokenType;
import io.quant4j.core.checkpoint.json.SmallFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a SentencePiece BPE vocabulary consists of.
 *
 * @param file where it comes from
 * @param pieces by id; an entry may be missing where {@code tokenizer.json} has holes
 * @param unknown id of the unknown piece
 * @param bos id of the begin piece
 * @param eos id of the end piece
 * @param padding id of the padding piece
 * @param addSpacePrefix whether a space is put before the text
 * @param removeExtraSpaces whether runs of spaces were made one in training
 * @param addsBos whether texts begin with {@code bos} if nothing else is stated
 */
record SentencePieceModel(
    Path file,
    List<@Nullable Piece> pieces,
    OptionalInt unknown,
    OptionalInt bos,
    OptionalInt eos,
    OptionalInt padding,
    boolean addSpacePrefix,
    boolean removeExtraSpaces,
    boolean addsBos) {

  private static final int MAX_BYTES = 1 << 26;

  /**
   * An entry.
   *
   * @param text with U+2581 for a space
   * @param score priority of merging to this piece, higher first
   * @param type what it is for
   */
  record Piece(String text, float score, TokenType type) {}

  /** Text of the unknown piece. */
  Optional<String> unknownPiece() {
    Piece piece = unknown.isPresent() ? pieces.get(unknown.getAsInt()) : null;
    return Optional.ofNullable(piece).map(Piece::text);
  }

  /**
   * Reads a {@code tokenizer.model}: a protobuf message {@code ModelProto} of
   * sentencepiece_model.proto.
   *
   * @throws MalformedModelException if it is not such a message
   * @throws UnsupportedModelException if it is not BPE
   */
  static SentencePieceModel read(Path file) {
    byte[] bytes = SmallFile.bytes(file, MAX_BYTES);
    if (looksLikeTiktoken(bytes)) {
      throw new UnsupportedModelException(
          ErrorLocation.of(file),
          "this is a list of tiktoken ranks, not a SentencePiece model",
          "Put the tokenizer.json of the model beside it, which is read instead.");
    }
    return new Parser(file).parse(new ProtobufReader(file, bytes));
  }

  /**
   * Lines of a Base64 word, a space and a rank: Llama 3 calls such a file {@code tokenizer.model}
   * too.
   */
  private static boolean looksLikeTiktoken(byte[] bytes) {
    for (int i = 0; i < Math.min(bytes.length, 64); i++) {
      byte b = bytes[i];
      if (b == ' ') {
        return i > 0 && i + 1 < bytes.length && Character.isDigit(bytes[i + 1]);
      }
      if (!Character.isLetterOrDigit(b) && b != '+' && b != '/' && b != '=') {
        return false;
      }
    }
    return false;
  }

  private static final class Parser {
    private static final int UNIGRAM = 1;
    private static final int BPE = 2;

    private final Path file;
    private final List<@Nullable Piece> pieces = new ArrayList<>();
    private int modelType = UNIGRAM;
    private int unknown = 0;
    private int bos = 1;
    private int eos = 2;
    private int padding = -1;
    private boolean suffixes;
    private boolean addDummyPrefix = true;
    private boolean removeExtraSpaces = true;
    private boolean escapesSpaces = true;

    Parser(Path file) {
      this.file = file;
    }

    SentencePieceModel parse(ProtobufReader model) {
      for (int field = model.next(); field != 0; field = model.next()) {
        switch (field) {
          case 1 -> pieces.add(piece(model.message()));
          case 2 -> trainer(model.message());
          case 3 -> normalizer(model.message());
          default -> {}
        }
        if (pieces.size() > TokenizerHints.MAX_VOCABULARY) {
          throw model.malformed("more than " + TokenizerHints.MAX_VOCABULARY + " pieces");
        }
      }
      if (pieces.isEmpty()) {
        throw model.malformed("there are no pieces");
      }
      requireBpe();
      return new SentencePieceModel(
          file,
          pieces,
          id(unknown),
          id(bos),
          id(eos),
          id(padding),
          addDummyPrefix,
          removeExtraSpaces,
          true);
    }

    private static Piece piece(ProtobufReader message) {
      String text = "";
      float score = 0;
      int type = 1;
      for (int field = message.next(); field != 0; field = message.next()) {
        switch (field) {
          case 1 -> text = message.string();
          case 2 -> score = message.float32();
          case 3 -> type = message.int32();
          default -> {}
        }
      }
      if (text.isEmpty() || !Float.isFinite(score)) {
        throw message.malformed(text.isEmpty() ? "a piece is empty" : "a score is not finite");
      }
      if (type == 6 && !VocabularyBuilder.isByte(text)) {
        throw message.malformed("the byte piece '" + text + "' is not written as <0xNN>");
      }
      return new Piece(text, score, type(type, message));
    }

    private static TokenType type(int type, ProtobufReader message) {
      return switch (type) {
        case 1 -> TokenType.NORMAL;
        case 2 -> TokenType.UNKNOWN;
        case 3 -> TokenType.CONTROL;
        case 4 -> TokenType.USER_DEFINED;
        case 5 -> TokenType.UNUSED;
        case 6 -> TokenType.BYTE;
        default -> throw message.malformed("a piece has the unknown type " + type);
      };
    }

    private void trainer(ProtobufReader message) {
      for (int field = message.next(); field != 0; field = message.next()) {
        switch (field) {
          case 3 -> modelType = message.int32();
          case 24 -> suffixes = message.bool();
          case 40 -> unknown = message.int32();
          case 41 -> bos = message.int32();
          case 42 -> eos = message.int32();
          case 43 -> padding = message.int32();
          default -> {}
        }
      }
    }

    private void normalizer(ProtobufReader message) {
      for (int field = message.next(); field != 0; field = message.next()) {
        switch (field) {
          case 3 -> addDummyPrefix = message.bool();
          case 4 -> removeExtraSpaces = message.bool();
          case 5 -> escapesSpaces = message.bool();
          default -> {}
        }
      }
    }

    private void requireBpe() {
      if (modelType != BPE || suffixes || !escapesSpaces) {
        String kind = modelType == UNIGRAM ? "Unigram" : "of type " + modelType;
        throw new UnsupportedModelException(
            ErrorLocation.of(file),
            modelType == BPE
                ? "the SentencePiece model does not mark spaces at the beginning of words"
                : "the SentencePiece model is " + kind + ", not BPE",
            "Only SentencePiece models of type BPE can be read.");
      }
    }

    private OptionalInt id(int id) {
      if (id >= pieces.size()) {
        throw new MalformedModelException(
            ErrorLocation.of(file),
            "a special token has id %d, but there are %d pieces".formatted(id, pieces.size()),
            "The file is damaged; get it again.");
      }
      return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }
  }
}
