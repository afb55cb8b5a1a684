package io.quant4j.core.checkpoint.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Builds protobuf messages field by field, right or wrong. */
final class SentencePieceBytes {
  static final int NORMAL = 1;
  static final int UNKNOWN = 2;
  static final int CONTROL = 3;
  static final int USER_DEFINED = 4;
  static final int BYTE = 6;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A BPE model of eight pieces whose texts begin with a space. */
  static SentencePieceBytes model() {
    return new SentencePieceBytes()
        .piece("<unk>", 0, UNKNOWN)
        .piece("<s>", 0, CONTROL)
        .piece("</s>", 0, CONTROL)
        .piece("<0x0A>", 0, BYTE)
        .piece("▁a", -0f, NORMAL)
        .piece("▁", -1, NORMAL)
        .piece("a", -2, NORMAL)
        .piece("▁▁", 0, USER_DEFINED)
        .trainer(new SentencePieceBytes().number(3, 2));
  }

  SentencePieceBytes piece(String text, float score, int type) {
    return message(1, new SentencePieceBytes().text(1, text).real(2, score).number(3, type));
  }

  SentencePieceBytes trainer(SentencePieceBytes fields) {
    return message(2, fields);
  }

  SentencePieceBytes normalizer(SentencePieceBytes fields) {
    return message(3, fields);
  }

  SentencePieceBytes number(int field, long value) {
    return varint((long) field << 3).varint(value);
  }

  SentencePieceBytes real(int field, float value) {
    varint((long) field << 3 | 5);
    return raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
  }

  SentencePieceBytes text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  SentencePieceBytes message(int field, SentencePieceBytes fields) {
    return bytes(field, fields.bytes());
  }

  SentencePieceBytes bytes(int field, byte[] value) {
    return varint((long) field << 3 | 2).varint(value.length).raw(value);
  }

  SentencePieceBytes varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  SentencePieceBytes raw(byte... bytes) {
    out.writeBytes(bytes);
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
