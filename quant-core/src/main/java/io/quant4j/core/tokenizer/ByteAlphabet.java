package io.quant4j.core.tokenizer;

import java.util.Arrays;

/**
 * The printable alphabet of GPT-2 ({@code bytes_to_unicode}), in which byte-level vocabularies are
 * written. The bytes {@code !} to {@code ~}, U+00A1 to U+00AC and U+00AE to U+00FF stand for
 * themselves; the other 68 are, in rising order, U+0100, U+0101 and so on. A space is therefore
 * U+0120.
 */
final class ByteAlphabet {
  private static final char[] CHARS = new char[256];
  private static final int[] BYTES = new int[256 + 68];

  static {
    Arrays.fill(BYTES, -1);
    int shifted = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      CHARS[b] = (char) (printable ? b : shifted++);
      BYTES[CHARS[b]] = b;
    }
  }

  private ByteAlphabet() {}

  /**
   * The letter of a byte.
   *
   * @param unsigned 0 to 255
   */
  static char letter(int unsigned) {
    return CHARS[unsigned];
  }

  /** The byte of a letter, 0 to 255, or -1 if the character is not of the alphabet. */
  static int unsignedByte(char letter) {
    return letter < BYTES.length ? BYTES[letter] : -1;
  }
}
