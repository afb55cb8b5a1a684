package io.quant4j.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds files field by field, right or wrong, without any code of the library. */
final class GgufBytes {
  private static final int UINT8 = 0;
  private static final int UINT16 = 2;
  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;
  private static final int UINT64 = 10;
  private static final int FLOAT64 = 12;

  private byte[] magic = {'G', 'G', 'U', 'F'};
  private int version = 3;
  private long extraTensorCount;
  private long extraKeyCount;
  private final Map<String, byte[]> keys = new LinkedHashMap<>();
  private final List<byte[]> rawKeys = new ArrayList<>();
  private final List<byte[]> tensors = new ArrayList<>();
  private int alignment = 32;
  private int dataBytes;

  private GgufBytes() {}

  /** A file of nothing but its header. */
  static GgufBytes empty() {
    return new GgufBytes();
  }

  /** The keys of a small Llama of 5 tokens, without tensors and tokenizer. */
  static GgufBytes llama() {
    return empty()
        .key("general.architecture", text("llama"))
        .key("llama.context_length", uint32(16))
        .key("llama.embedding_length", uint32(8))
        .key("llama.block_count", uint32(1))
        .key("llama.feed_forward_length", uint32(12))
        .key("llama.attention.head_count", uint32(2))
        .key("llama.vocab_size", uint32(5));
  }

  /** {@link #llama()} with two tensors. */
  static GgufBytes llamaWithTensors() {
    return llama()
        .tensor("token_embd.weight", 0, 0, 8, 5)
        .tensor("output_norm.weight", 0, 160, 8)
        .data(192);
  }

  /** {@link #llama()} with a SentencePiece tokenizer. */
  static GgufBytes llamaWithTokenizer() {
    return llama()
        .key("tokenizer.ggml.model", text("llama"))
        .key("tokenizer.ggml.tokens", texts("<unk>", "<s>", "</s>", "a", "b"))
        .key("tokenizer.ggml.scores", floats(0, 0, 0, -1, -2))
        .key("tokenizer.ggml.token_type", ints(2, 3, 3, 1, 1));
  }

  GgufBytes magic(String value) {
    magic = value.getBytes(StandardCharsets.ISO_8859_1);
    return this;
  }

  GgufBytes version(int value) {
    version = value;
    return this;
  }

  /** Makes the header claim more tensors (or fewer) than follow. */
  GgufBytes moreTensors(long value) {
    extraTensorCount = value;
    return this;
  }

  /** Makes the header claim more keys (or fewer) than follow. */
  GgufBytes moreKeys(long value) {
    extraKeyCount = value;
    return this;
  }

  /** Adds or replaces a key. */
  GgufBytes key(String name, byte[] typedValue) {
    keys.put(name, concat(string(name), typedValue));
    return this;
  }

  GgufBytes without(String name) {
    keys.remove(name);
    return this;
  }

  /** Adds the bytes of a key-value pair as they are. */
  GgufBytes rawKey(byte[]... parts) {
    rawKeys.add(concat(parts));
    return this;
  }

  /** Adds a directory entry; sizes innermost first, as stored. */
  GgufBytes tensor(String name, int type, long offset, long... sizes) {
    return rawTensor(string(name), rank(sizes.length), longs(sizes), int32(type), int64(offset));
  }

  /** Adds the bytes of a directory entry as they are. */
  GgufBytes rawTensor(byte[]... parts) {
    tensors.add(concat(parts));
    return this;
  }

  GgufBytes alignment(int value) {
    alignment = value;
    return this;
  }

  /** Sets the size of the data section. */
  GgufBytes data(int bytes) {
    dataBytes = bytes;
    return this;
  }

  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(magic);
    out.writeBytes(int32(version));
    out.writeBytes(int64(tensors.size() + extraTensorCount));
    out.writeBytes(int64(keys.size() + rawKeys.size() + extraKeyCount));
    keys.values().forEach(out::writeBytes);
    rawKeys.forEach(out::writeBytes);
    tensors.forEach(out::writeBytes);
    if (!tensors.isEmpty()) {
      out.writeBytes(new byte[Math.floorMod(-out.size(), alignment)]);
    }
    byte[] data = new byte[dataBytes];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 7 + 1);
    }
    out.writeBytes(data);
    return out.toByteArray();
  }

  Path writeTo(Path file) {
    try {
      return Files.write(file, bytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] uint8(int value) {
    return concat(int32(UINT8), new byte[] {(byte) value});
  }

  static byte[] uint16(int value) {
    return concat(int32(UINT16), new byte[] {(byte) value, (byte) (value >> 8)});
  }

  static byte[] uint32(int value) {
    return concat(int32(UINT32), int32(value));
  }

  static byte[] signed32(int value) {
    return concat(int32(INT32), int32(value));
  }

  static byte[] uint64(long value) {
    return concat(int32(UINT64), int64(value));
  }

  static byte[] float32(float value) {
    return concat(int32(FLOAT32), int32(Float.floatToRawIntBits(value)));
  }

  static byte[] float64(double value) {
    return concat(int32(FLOAT64), int64(Double.doubleToRawLongBits(value)));
  }

  static byte[] bool(boolean value) {
    return concat(int32(BOOL), new byte[] {(byte) (value ? 1 : 0)});
  }

  static byte[] text(String value) {
    return concat(int32(STRING), string(value));
  }

  static byte[] rawText(byte[] utf8) {
    return concat(int32(STRING), int64(utf8.length), utf8);
  }

  static byte[] texts(String... values) {
    return concat(array(STRING, values.length), strings(values));
  }

  static byte[] ints(int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asIntBuffer().put(values);
    return concat(array(INT32, values.length), buffer.array());
  }

  static byte[] floats(float... values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return concat(array(FLOAT32, values.length), buffer.array());
  }

  /** The head of an array value; the elements follow as they are. */
  static byte[] array(int elementType, long count) {
    return concat(int32(ARRAY), int32(elementType), int64(count));
  }

  static byte[] string(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return concat(int64(utf8.length), utf8);
  }

  private static byte[] strings(String... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String value : values) {
      out.writeBytes(string(value));
    }
    return out.toByteArray();
  }

  private static byte[] rank(int value) {
    return int32(value);
  }

  static byte[] int32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  static byte[] int64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  private static byte[] longs(long... values) {
    ByteBuffer buffer = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asLongBuffer().put(values);
    return buffer.array();
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
