package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads one protobuf message field by field (wire format of
 * protobuf.dev/programming-guides/encoding). After {@link #next()} exactly one value method may be
 * called; without one the field is passed over.
 */
final class ProtobufReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;
  private static final int MAX_VARINT_BYTES = 10;

  private final Path file;
  private final int origin;
  private final ByteBuffer buffer;
  private int wireType;
  private int fieldEnd;

  /**
   * @param file named in errors
   * @param message all of a file
   */
  ProtobufReader(Path file, byte[] message) {
    this(file, ByteBuffer.wrap(message), 0);
  }

  private ProtobufReader(Path file, ByteBuffer message, int origin) {
    this.file = file;
    this.origin = origin;
    this.buffer = message.order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Goes to the next field.
   *
   * @return its number, or 0 at the end of the message
   */
  int next() {
    buffer.position(Math.max(fieldEnd, buffer.position()));
    if (!buffer.hasRemaining()) {
      return 0;
    }
    long tag = varint();
    if (tag >>> 3 == 0 || tag >>> 3 > 0x1fff_ffff) {
      throw malformed("a field has the number " + Long.toUnsignedString(tag >>> 3));
    }
    wireType = (int) tag & 7;
    fieldEnd = fieldEnd();
    return (int) (tag >>> 3);
  }

  private int fieldEnd() {
    int start = buffer.position();
    long length =
        switch (wireType) {
          case VARINT -> {
            varint();
            yield buffer.position() - start;
          }
          case FIXED64 -> Long.BYTES;
          case FIXED32 -> Integer.BYTES;
          case BYTES -> {
            long bytes = varint();
            start = buffer.position();
            yield bytes;
          }
          default -> throw malformed("a field has the wire type " + wireType);
        };
    if (length < 0 || length > buffer.limit() - start) {
      throw malformed("a field is longer than what is left of its message");
    }
    buffer.position(start);
    return start + (int) length;
  }

  private long varint() {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      if (!buffer.hasRemaining()) {
        throw malformed("a number is cut off");
      }
      byte part = buffer.get();
      value |= (long) (part & 0x7f) << (7 * i);
      if (part >= 0) {
        return value;
      }
    }
    throw malformed("a number takes more than " + MAX_VARINT_BYTES + " bytes");
  }

  /** Value of a whole-number field as its low 32 bits, which is how protobuf reads an int32. */
  int int32() {
    require(VARINT);
    return (int) varint();
  }

  /** Value of a boolean field. */
  boolean bool() {
    require(VARINT);
    return varint() != 0;
  }

  /** Value of a float field. */
  float float32() {
    require(FIXED32);
    return buffer.getFloat();
  }

  /** Value of a string field. */
  String string() {
    require(BYTES);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(field()).toString();
    } catch (CharacterCodingException e) {
      throw malformed("a string is not UTF-8");
    }
  }

  /** Value of a field that is itself a message. */
  ProtobufReader message() {
    require(BYTES);
    int start = origin + buffer.position();
    return new ProtobufReader(file, field().slice(), start);
  }

  private ByteBuffer field() {
    return buffer.duplicate().limit(fieldEnd);
  }

  private void require(int expected) {
    if (wireType != expected) {
      throw malformed("a field has wire type " + wireType + " where " + expected + " belongs");
    }
  }

  /** An error at the place reached. */
  MalformedModelException malformed(String reason) {
    return new MalformedModelException(
        ErrorLocation.of(file, (long) origin + buffer.position()),
        reason,
        "This is not a SentencePiece model, or it is damaged; get it again.");
  }
}
