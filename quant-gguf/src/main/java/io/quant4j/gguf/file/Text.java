package io.quant4j.gguf.file;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A string as stored. Other tools cut strings in the middle of a character, so the bytes are kept:
 * writing them again loses nothing.
 */
public final class Text implements GgufValue {
  private final byte[] bytes;

  /**
   * @param bytes owned by this value from now on
   */
  Text(byte[] bytes) {
    this.bytes = bytes;
  }

  static Text of(String value) {
    return new Text(value.getBytes(StandardCharsets.UTF_8));
  }

  /** The string; bytes that are not UTF-8 become U+FFFD. */
  public String value() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Stored bytes, not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  @Override
  public GgufType type() {
    return GgufType.STRING;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Text text && Arrays.equals(bytes, text.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return value();
  }
}
