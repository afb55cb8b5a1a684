package io.quant4j.gguf.file;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow as little-endian values are put. Not thread-safe. */
final class LittleEndianBuffer {
  private byte[] bytes = new byte[8192];
  private int size;

  /** Number of bytes put so far. */
  int size() {
    return size;
  }

  void putBytes(byte[] values) {
    reserve(values.length);
    System.arraycopy(values, 0, bytes, size, values.length);
    size += values.length;
  }

  void putByte(int value) {
    putNumber(value, Byte.BYTES);
  }

  void putInt(int value) {
    putNumber(value, Integer.BYTES);
  }

  void putLong(long value) {
    putNumber(value, Long.BYTES);
  }

  /** The lowest {@code count} bytes of {@code value}. */
  void putNumber(long value, int count) {
    reserve(count);
    for (int i = 0; i < count; i++) {
      bytes[size++] = (byte) (value >>> (8 * i));
    }
  }

  /** 8 bytes of length and the UTF-8 of {@code value}. */
  void putString(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    putLong(utf8.length);
    putBytes(utf8);
  }

  /** Zeros up to the next multiple of {@code alignment}. */
  void pad(long alignment) {
    int zeros = (int) (Alignment.padded(size, alignment) - size);
    reserve(zeros);
    size += zeros;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * bytes.length, 1 << 30)));
    }
  }
}
