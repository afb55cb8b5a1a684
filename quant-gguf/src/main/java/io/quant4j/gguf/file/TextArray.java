package io.quant4j.gguf.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An array of strings. One that was read keeps its bytes, so that strings which are not UTF-8 can
 * be written again as they were; one made from a list shares the list.
 */
public final class TextArray implements GgufValue {
  private final int size;
  private final byte @Nullable [] bytes;
  private volatile @Nullable List<String> values;

  /**
   * @param size number of strings
   * @param bytes for each string 8 bytes of length and its UTF-8; lengths checked, owned by this
   *     value from now on
   */
  TextArray(int size, byte[] bytes) {
    this.size = size;
    this.bytes = bytes;
  }

  private TextArray(List<String> values) {
    this.size = values.size();
    this.bytes = null;
    this.values = values;
  }

  /**
   * An array of these strings.
   *
   * @param values unmodifiable
   */
  public static TextArray of(List<String> values) {
    return new TextArray(values);
  }

  /** Number of strings. */
  public int size() {
    return size;
  }

  /**
   * The strings, unmodifiable, the same list at every call; bytes that are not UTF-8 become U+FFFD.
   */
  public List<String> values() {
    List<String> result = values;
    if (result == null) {
      result = decode();
      values = result;
    }
    return result;
  }

  private List<String> decode() {
    byte[] raw = encoded();
    ByteBuffer lengths = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    String[] strings = new String[size];
    int position = 0;
    for (int i = 0; i < size; i++) {
      int length = (int) lengths.getLong(position);
      position += Long.BYTES;
      strings[i] = new String(raw, position, length, StandardCharsets.UTF_8);
      position += length;
    }
    return Collections.unmodifiableList(Arrays.asList(strings));
  }

  /** Stored bytes, not to be changed. */
  byte[] encoded() {
    byte[] raw = bytes;
    if (raw != null) {
      return raw;
    }
    LittleEndianBuffer buffer = new LittleEndianBuffer();
    for (String value : values()) {
      buffer.putString(value);
    }
    return buffer.toByteArray();
  }

  /** Whether every string is UTF-8, so that {@link #values()} tells everything. */
  public boolean isUtf8() {
    if (bytes == null) {
      return true;
    }
    for (String value : values()) {
      // Whatever is not UTF-8 was decoded to U+FFFD, so most arrays need no closer look.
      if (value.indexOf('\uFFFD') >= 0) {
        return Arrays.equals(bytes, of(values()).encoded());
      }
    }
    return true;
  }

  @Override
  public GgufType type() {
    return GgufType.ARRAY;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TextArray array
        && size == array.size
        && (hasStringsOf(array) || Arrays.equals(encoded(), array.encoded()));
  }

  /** Quick where both share a list, as an array made from the strings of another does. */
  private boolean hasStringsOf(TextArray other) {
    List<String> list = values;
    return list != null && list.equals(other.values) && isUtf8() && other.isUtf8();
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded());
  }

  @Override
  public String toString() {
    return GgufType.STRING + "[" + size + "]";
  }
}
