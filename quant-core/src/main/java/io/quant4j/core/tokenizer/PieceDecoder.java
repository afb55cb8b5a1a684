package io.quant4j.core.tokenizer;

import io.quant4j.api.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Gathers the bytes of tokens and hands them out as text, at once or character by character. Bytes
 * that are not UTF-8 become U+FFFD just as {@code new String(bytes, UTF_8)} has it for all bytes
 * together: text is only ever cut in front of a byte that begins a character. Not thread-safe.
 */
final class PieceDecoder implements Tokenizer.Stream {
  private final PieceBytes pieces;
  private final boolean showSpecial;
  private final boolean dropsFirstSpace;
  private boolean atStart = true;
  private byte[] pending = new byte[64];
  private int size;

  /**
   * @param showSpecial whether control tokens appear as their text
   * @param dropsFirstSpace whether a space that begins the first visible token is not part of the
   *     text
   */
  PieceDecoder(PieceBytes pieces, boolean showSpecial, boolean dropsFirstSpace) {
    this.pieces = pieces;
    this.showSpecial = showSpecial;
    this.dropsFirstSpace = dropsFirstSpace;
  }

  /** Adds the bytes of a token. */
  void append(int token) {
    pieces.check(token);
    if (!showSpecial && pieces.hidden(token)) {
      return;
    }
    int skip = atStart && dropsFirstSpace && pieces.beginsWithSpace(token) ? 1 : 0;
    int length = pieces.length(token) - skip;
    if (size + length > pending.length) {
      pending = Arrays.copyOf(pending, Math.max(2 * pending.length, size + length));
    }
    pieces.copy(token, skip, pending, size);
    size += length;
    atStart = false;
  }

  @Override
  public String accept(int token) {
    append(token);
    int complete = size - unfinished();
    String text = new String(pending, 0, complete, StandardCharsets.UTF_8);
    System.arraycopy(pending, complete, pending, 0, size - complete);
    size -= complete;
    return text;
  }

  @Override
  public String finish() {
    String text = new String(pending, 0, size, StandardCharsets.UTF_8);
    size = 0;
    atStart = true;
    return text;
  }

  /** Number of bytes at the end that begin a character without ending it. */
  private int unfinished() {
    for (int back = 1; back <= Math.min(3, size); back++) {
      int b = pending[size - back] & 0xFF;
      if (b >= 0xC0) {
        return back < lengthAfter(b) ? back : 0;
      }
      if (b < 0x80) {
        return 0;
      }
    }
    return 0;
  }

  /** Length of the character that a leading byte announces; 1 for bytes that begin none. */
  private static int lengthAfter(int leading) {
    if (leading < 0xC2 || leading > 0xF4) {
      return 1;
    }
    return leading < 0xE0 ? 2 : leading < 0xF0 ? 3 : 4;
  }
}
