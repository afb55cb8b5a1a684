package io.quant4j.gguf.file;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.error.UnsupportedModelException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads little-endian values one after another from a mapped file. Every read is checked against
 * the end of the file, and lengths are checked before anything is allocated. Not thread-safe.
 */
final class ByteCursor {
  /** Longest string in bytes. */
  static final long MAX_STRING_BYTES = 1L << 30;

  /** Longest array in elements. */
  static final long MAX_ARRAY_ELEMENTS = 1L << 30;

  /**
   * Most bytes in front of the data section. Real models have up to about 30 million; the limit
   * keeps a hostile (sparse) file from filling the heap.
   */
  static final long MAX_HEADER_BYTES = 1L << 28;

  private static final String INCOMPLETE = "The file is incomplete or damaged: get it again.";

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final MemorySegment bytes;
  private long position;
  private @Nullable String subject;

  ByteCursor(Path file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /** Bytes read so far. */
  long position() {
    return position;
  }

  /** Bytes up to the end of the file. */
  long remaining() {
    return bytes.byteSize() - position;
  }

  /** Key or tensor that errors name from now on. */
  void about(String keyOrTensor) {
    subject = keyOrTensor;
  }

  int readByte(String what) {
    require(Byte.BYTES, what);
    return bytes.get(ValueLayout.JAVA_BYTE, position++);
  }

  int readInt(String what) {
    require(Integer.BYTES, what);
    int value = bytes.get(INT, position);
    position += Integer.BYTES;
    return value;
  }

  long readLong(String what) {
    require(Long.BYTES, what);
    long value = bytes.get(LONG, position);
    position += Long.BYTES;
    return value;
  }

  /**
   * A copy of the next bytes.
   *
   * @param count at most {@link #MAX_HEADER_BYTES}, checked against the end of the file
   */
  byte[] readBytes(long count, String what) {
    require(count, what);
    byte[] copy = bytes.asSlice(position, count).toArray(ValueLayout.JAVA_BYTE);
    position += count;
    return copy;
  }

  /** The length of a string, checked against the limit and the end of the file. */
  long readStringLength(String what) {
    long start = position;
    if (!has(Long.BYTES)) { // no text is put together where all is well
      throw missing(Long.BYTES, "the length of " + what);
    }
    long length = bytes.get(LONG, position);
    position += Long.BYTES;
    if (length < 0 || length > MAX_STRING_BYTES) {
      throw malformed(
          start,
          "%s has a length of %s bytes, more than the allowed %d"
              .formatted(what, Long.toUnsignedString(length), MAX_STRING_BYTES),
          INCOMPLETE);
    }
    require(length, what);
    return length;
  }

  /** A string that has to be UTF-8. */
  String readName(String what) {
    long start = position;
    byte[] utf8 = readBytes(readStringLength(what), what);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw malformed(start, what + " is not UTF-8", INCOMPLETE);
    }
  }

  /**
   * Passes over {@code count} strings and copies them as they are stored, with their lengths.
   *
   * @param count checked to be possible by the caller
   */
  byte[] readStrings(int count, String what) {
    long start = position;
    ByteBuffer ahead = ahead();
    for (int i = 0; i < count; i++) {
      int at = (int) (position - start);
      long length = at <= ahead.limit() - Long.BYTES ? ahead.getLong(at) : -1;
      if (length < 0 || length > ahead.limit() - Long.BYTES - at) {
        length = readStringLength(what); // throws, and says why
      }
      position = start + at + Long.BYTES + length;
    }
    long end = position;
    position = start;
    return readBytes(end - start, what);
  }

  /**
   * All that may belong to the header. A buffer is read several times faster than a segment by code
   * that is not compiled yet, and there may be half a million strings.
   */
  private ByteBuffer ahead() {
    long most = Math.max(0, MAX_HEADER_BYTES - position);
    return bytes
        .asSlice(position, Math.min(remaining(), most))
        .asByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private void require(long count, String what) {
    if (!has(count)) {
      throw missing(count, what);
    }
  }

  private boolean has(long count) {
    return count <= remaining() && position + count <= MAX_HEADER_BYTES;
  }

  private QuantException missing(long count, String what) {
    if (count > remaining()) {
      return malformed(
          position,
          "the file ends inside %s: it needs %d bytes and %d are left"
              .formatted(what, count, remaining()),
          INCOMPLETE);
    }
    return new UnsupportedModelException(
        location(position),
        "the metadata takes more than %d bytes".formatted(MAX_HEADER_BYTES),
        "No known model needs that much; check where the file comes from.");
  }

  /** An error at a place of the file, about the current key or tensor. */
  MalformedModelException malformed(long offset, String reason, String remedy) {
    return new MalformedModelException(location(offset), reason, remedy);
  }

  /** An error about something unknown at a place of the file. */
  UnsupportedModelException unsupported(long offset, String reason, String remedy) {
    return new UnsupportedModelException(location(offset), reason, remedy);
  }

  private ErrorLocation location(long offset) {
    String about = subject;
    return about == null ? ErrorLocation.of(file, offset) : ErrorLocation.of(file, offset, about);
  }
}
