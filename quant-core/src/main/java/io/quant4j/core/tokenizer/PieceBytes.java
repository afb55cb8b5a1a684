package io.quant4j.core.tokenizer;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** The bytes that each token stands for. Immutable. */
final class PieceBytes {
  private final List<TokenType> types;
  private final byte[] bytes;

  /** Where the bytes of each token begin; one more at the end. */
  private final int[] offsets;

  /**
   * @param written how ordinary entries are written: their text to bytes
   * @throws MalformedModelException if a byte token does not name a byte
   */
  PieceBytes(Vocabulary vocabulary, Function<String, byte[]> written) {
    types = vocabulary.types();
    offsets = new int[vocabulary.size() + 1];
    byte[] all = new byte[8 * vocabulary.size()];
    for (int id = 0; id < vocabulary.size(); id++) {
      String piece = vocabulary.pieces().get(id);
      byte[] own =
          switch (types.get(id)) {
            case NORMAL, UNUSED -> written.apply(piece);
            case UNKNOWN, CONTROL, USER_DEFINED -> piece.getBytes(StandardCharsets.UTF_8);
            case BYTE -> new byte[] {(byte) unsignedByte(id, piece)};
          };
      int begin = offsets[id];
      if (begin + own.length > all.length) {
        all = Arrays.copyOf(all, Math.max(2 * all.length, begin + own.length));
      }
      System.arraycopy(own, 0, all, begin, own.length);
      offsets[id + 1] = begin + own.length;
    }
    bytes = Arrays.copyOf(all, offsets[vocabulary.size()]);
  }

  /**
   * The byte that a byte token names.
   *
   * @param piece {@code <0x00>} to {@code <0xFF>}
   * @return 0 to 255
   * @throws MalformedModelException if it names none
   */
  static int unsignedByte(int id, String piece) {
    if (piece.length() == 6 && piece.startsWith("<0x") && piece.charAt(5) == '>') {
      int high = Character.digit(piece.charAt(3), 16);
      int low = Character.digit(piece.charAt(4), 16);
      if (high >= 0 && low >= 0) {
        return high << 4 | low;
      }
    }
    throw new MalformedModelException(
        ErrorLocation.subject("token " + id),
        "a byte token reads '" + piece + "' instead of <0x00> to <0xFF>",
        "The tokenizer data is damaged; get the model again.");
  }

  /**
   * Checks an id.
   *
   * @throws InvalidRequestException if there is no such token
   */
  void check(int id) {
    if (id < 0 || id >= types.size()) {
      throw new InvalidRequestException(
          ErrorLocation.subject("token " + id),
          "there is no such token",
          "The vocabulary has the ids 0 to " + (types.size() - 1) + ".");
    }
  }

  /** Whether the token is left out of text unless special tokens are to be shown. */
  boolean hidden(int id) {
    return types.get(id) == TokenType.CONTROL || types.get(id) == TokenType.UNKNOWN;
  }

  /** Whether the token is ordinary text that begins with a space. */
  boolean beginsWithSpace(int id) {
    boolean ordinary = types.get(id) == TokenType.NORMAL || types.get(id) == TokenType.UNUSED;
    return ordinary && length(id) > 0 && bytes[offsets[id]] == ' ';
  }

  /** Number of bytes of a token. */
  int length(int id) {
    return offsets[id + 1] - offsets[id];
  }

  /** Copies the bytes of a token, without the first {@code skip}. */
  void copy(int id, int skip, byte[] target, int at) {
    System.arraycopy(bytes, offsets[id] + skip, target, at, length(id) - skip);
  }
}
