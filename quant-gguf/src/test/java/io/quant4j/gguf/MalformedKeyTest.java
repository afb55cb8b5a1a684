package io.quant4j.gguf;

import static io.quant4j.gguf.GgufBytes.array;
import static io.quant4j.gguf.GgufBytes.concat;
import static io.quant4j.gguf.GgufBytes.int32;
import static io.quant4j.gguf.GgufBytes.int64;
import static io.quant4j.gguf.GgufBytes.string;
import static io.quant4j.gguf.GgufBytes.text;
import static io.quant4j.gguf.GgufBytes.uint32;
import static io.quant4j.gguf.GgufBytes.uint64;
import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with the bytes of a metadata entry, whatever it is about. */
class MalformedKeyTest extends OpeningTest {
  private static final Class<MalformedModelException> MALFORMED = MalformedModelException.class;

  @Test
  void emptyKey_isRefused() {
    assertRefused(GgufBytes.llama().key("", uint32(1)), MALFORMED, "metadata key is empty");
  }

  @Test
  void keyTwice_isRefused() {
    GgufBytes file = GgufBytes.llama().rawKey(string("llama.block_count"), uint32(1));
    assertThat(assertRefused(file, MALFORMED, "occurs twice").subject())
        .contains("llama.block_count");
  }

  @Test
  void keyThatIsNotUtf8_isRefused() {
    GgufBytes file = GgufBytes.llama().rawKey(int64(2), new byte[] {(byte) 0xc3, 'x'}, uint32(1));
    assertRefused(file, MALFORMED, "the key is not UTF-8");
  }

  @Test
  void keyLongerThanTheFile_isRefused() {
    GgufBytes file = GgufBytes.llama().rawKey(int64(1000), new byte[20]);
    assertRefused(file, MALFORMED, "the file ends inside the key", "needs 1000 bytes");
  }

  @ParameterizedTest
  @ValueSource(longs = {(1L << 30) + 1, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void keyOfImpossibleLength_isRefused(long length) {
    GgufBytes file = GgufBytes.llama().rawKey(int64(length), new byte[20]);
    assertRefused(file, MALFORMED, "the key has a length of", "more than the allowed 1073741824");
  }

  @ParameterizedTest
  @ValueSource(ints = {13, -1, Integer.MIN_VALUE, 1 << 24})
  void unknownValueType_isRefused(int type) {
    GgufBytes file = GgufBytes.llama().rawKey(string("odd"), int32(type), new byte[40]);
    assertThat(assertRefused(file, MALFORMED, "value type " + type, "does not exist").subject())
        .contains("odd");
  }

  @Test
  void stringLongerThanTheFile_isRefused() {
    GgufBytes file = GgufBytes.llama().rawKey(string("s"), int32(8), int64(500), new byte[499]);
    assertThat(assertRefused(file, MALFORMED, "needs 500 bytes and 499 are left").offset())
        .isPresent();
  }

  @Test
  void stringAboveOneGibibyte_isRefused() {
    GgufBytes file = GgufBytes.llama().rawKey(string("s"), int32(8), int64((1L << 30) + 1));
    assertRefused(file, MALFORMED, "length of 1073741825 bytes");
  }

  @Test
  void arrayOfArrays_isUnsupported() {
    GgufBytes file = GgufBytes.llama().rawKey(string("a"), array(9, 1), array(4, 1), int32(7));
    assertRefused(file, UnsupportedModelException.class, "arrays of arrays");
  }

  @Test
  void arrayOfUnknownType_isRefused() {
    GgufBytes file = GgufBytes.llama().rawKey(string("a"), array(77, 1), new byte[20]);
    assertRefused(file, MALFORMED, "value type 77 does not exist");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1L << 31, (1L << 30) + 1, Long.MAX_VALUE, 1L << 61, 26})
  void arrayLongerThanTheFile_isRefused(long count) {
    GgufBytes file = GgufBytes.llama().rawKey(string("a"), array(4, count), new byte[100]);
    assertRefused(file, MALFORMED, "an array of", "does not fit into the 100 bytes");
  }

  @Test
  void stringArrayWithMoreElementsThanLengths_isRefused() {
    // Each string needs at least the 8 bytes of its length.
    GgufBytes file = GgufBytes.llama().rawKey(string("a"), array(8, 14), new byte[104]);
    assertRefused(file, MALFORMED, "an array of 14 elements of string does not fit");
  }

  @Test
  void stringArrayWhoseElementLeavesTheFile_isRefused() {
    GgufBytes file =
        GgufBytes.llama().rawKey(string("a"), array(8, 2), string("fine"), int64(9), new byte[8]);
    assertRefused(file, MALFORMED, "the file ends inside an array element", "needs 9 bytes");
  }

  @Test
  void stringArrayWithNegativeLength_isRefused() {
    GgufBytes file =
        GgufBytes.llama().rawKey(string("a"), array(8, 2), string("fine"), int64(-9), new byte[8]);
    assertRefused(file, MALFORMED, "an array element has a length of 18446744073709551607");
  }

  @Test
  void alignmentOfAnotherType_isRefused() {
    GgufBytes file = GgufBytes.llama().key("general.alignment", uint64(32));
    assertThat(assertRefused(file, MALFORMED, "not of type uint32").subject())
        .contains("general.alignment");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 33, -1})
  void alignmentThatIsNoPowerOfTwo_isRefused(int alignment) {
    GgufBytes file = GgufBytes.llama().key("general.alignment", uint32(alignment));
    assertRefused(file, MALFORMED, "is not a power of two");
  }

  @Test
  void moreKeysThanFollow_endTheFile() {
    assertRefused(
        GgufBytes.llama().moreKeys(1), MALFORMED, "the file ends inside the length of the key");
  }

  @Test
  void hugeMetadataOfASparseFile_isUnsupported() throws IOException {
    Path file =
        GgufBytes.llama()
            .rawKey(string("s"), int32(8), int64(300L << 20))
            .writeTo(directory.resolve("sparse.gguf"));
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(400L << 20);
    }
    assertRefused(file, UnsupportedModelException.class, "metadata takes more than 268435456");
  }

  @Test
  void valuesOfEveryType_areRead() {
    GgufBytes file =
        GgufBytes.llama()
            .key("u8", GgufBytes.uint8(255))
            .key("i8", concat(int32(1), new byte[] {-1}))
            .key("u16", GgufBytes.uint16(65535))
            .key("i16", concat(int32(3), new byte[] {-2, -1}))
            .key("u32", uint32(-1))
            .key("i32", GgufBytes.signed32(-3))
            .key("f32", GgufBytes.float32(0.1f))
            .key("bool", concat(int32(7), new byte[] {2}))
            .key("text", text("\u00e9"))
            .key("cut", GgufBytes.rawText(new byte[] {'a', (byte) 0xc3}))
            .key("u64", uint64(-1))
            .key("i64", concat(int32(11), int64(-4)))
            .key("f64", GgufBytes.float64(0.1))
            .key("texts", GgufBytes.texts("x", ""))
            .key("none", array(4, 0))
            .key("bools", concat(array(7, 2), new byte[] {1, 0}));

    try (var checkpoint = open(file)) {
      assertThat(checkpoint.metadata().extra().values().stream().map(Object::toString))
          .containsExactly(
              "255",
              "-1",
              "65535",
              "-2",
              "4294967295",
              "-3",
              "0.1",
              "true",
              "\u00e9",
              "a\ufffd",
              "18446744073709551615",
              "-4",
              "0.1",
              "string[2]",
              "uint32[0]",
              "bool[2]",
              "23 keys");
    }
  }
}
