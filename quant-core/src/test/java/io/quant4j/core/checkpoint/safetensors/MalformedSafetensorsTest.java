package io.quant4j.core.checkpoint.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.MalformedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MalformedSafetensorsTest {
  private static final String GOOD = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

  @TempDir Path directory;

  private record Case(String name, byte[] file, String... words) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case header(String name, String header, int dataBytes, String... words) {
    return new Case(name, SafetensorsBytes.file(header, dataBytes), words);
  }

  private static Case entry(String name, String entry, int dataBytes, String... words) {
    return header(name, "{\"t\":" + entry + "}", dataBytes, words);
  }

  private static Case shape(String name, String shape, String... words) {
    return entry(
        name, "{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,8]}", 8, words);
  }

  static Stream<Case> files() {
    return Stream.of(lengths(), headers(), entries(), shapes(), layouts()).flatMap(s -> s);
  }

  private static Stream<Case> lengths() {
    String json = "{\"t\":" + GOOD + "}";
    byte[] data = new byte[8];
    return Stream.of(
        new Case("empty file", new byte[0], "only 0 bytes"),
        new Case("length alone", new byte[8], "only 8 bytes"),
        new Case("length 0", SafetensorsBytes.file(0, json, data), "0 bytes", "2 to 100000000"),
        new Case("length 1", SafetensorsBytes.file(1, json, data), "stated as 1 bytes"),
        new Case("negative length", SafetensorsBytes.file(-1, json, data), "18446744073709551615"),
        new Case(
            "above upstream's limit", SafetensorsBytes.file(100_000_001, json, data), "100000001"),
        new Case(
            "header beyond the file", SafetensorsBytes.file(500, json, data), "takes 500 bytes"),
        new Case("Git LFS pointer", lfsPointer(), "text 'version https://git-lfs"),
        new Case("web page", "<!DOCTYPE html>\n<html>".getBytes(UTF_8), "'<!DOCTYPE html>'"));
  }

  private static byte[] lfsPointer() {
    return "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n".getBytes(UTF_8);
  }

  private static Stream<Case> headers() {
    String deep = "{\"__metadata__\":" + "[".repeat(40) + "]".repeat(40) + "}";
    return Stream.of(
        header("array", "[]", 0, "does not begin with '{'"),
        header("leading space", " {}", 0, "does not begin with '{'"),
        header("cut off", "{\"t\":{\"dtype\":\"F3", 0, "not valid JSON"),
        header("second value", "{}{}", 0, "something follows"),
        header("bare word", "{\"t\":F32}", 0, "not valid JSON"),
        header("UTF-16", "{\0\"\0t\0", 0, "not valid JSON"),
        new Case("not UTF-8", brokenUtf8(), "not UTF-8"),
        header("zero bytes as padding", "{}\0\0\0\0", 0, "not valid JSON"),
        header("tensor twice", "{\"t\":" + GOOD + ",\"t\":" + GOOD + "}", 8, "Duplicate", "t"),
        header("metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "Duplicate"),
        header("number in metadata", "{\"__metadata__\":{\"n\":1}}", 0, "expected a string"),
        header("null metadata", "{\"__metadata__\":null}", 0, "expected an object"),
        header("deep nesting", deep, 0, "expected an object"),
        header("long name", "{\"" + "n".repeat(1 << 15) + "\":" + GOOD + "}", 8, "Name length"));
  }

  private static byte[] brokenUtf8() {
    byte[] file = SafetensorsBytes.file("{\"t?\":" + GOOD + "}", 8);
    file[8 + 3] = (byte) 0xc3;
    return file;
  }

  private static Stream<Case> entries() {
    return Stream.of(
        entry("not an object", "[]", 0, "expected an object", "/t"),
        entry("no dtype", "{\"shape\":[],\"data_offsets\":[0,4]}", 4, "dtype is missing", "t"),
        entry("no shape", "{\"dtype\":\"F32\",\"data_offsets\":[0,4]}", 4, "shape is missing"),
        entry("no offsets", "{\"dtype\":\"F32\",\"shape\":[]}", 4, "data_offsets is missing"),
        entry("unknown key", "{\"dtype\":\"F32\",\"strides\":[1]}", 0, "unknown key", "strides"),
        entry("dtype with a space", dtype("F 32"), 8, "dtype is not a name"),
        entry("dtype that is no string", "{\"dtype\":32}", 0, "expected a string"),
        entry("dtype twice", "{\"dtype\":\"F32\",\"dtype\":\"F16\"}", 0, "Duplicate"),
        entry("three offsets", offsets("[0,4,8]"), 8, "more than 2"),
        entry("one offset", offsets("[8]"), 8, "not a begin and an end"),
        entry("end before begin", offsets("[8,0]"), 8, "not a begin and an end"),
        entry("negative offset", offsets("[-8,0]"), 8, "at least 0"),
        entry("offset of 65 bits", offsets("[0,18446744073709551624]"), 8, "at least 0"),
        entry("offset with a fraction", offsets("[0,8.0]"), 8, "whole number"));
  }

  private static String dtype(String dtype) {
    return GOOD.replace("F32", dtype);
  }

  private static String offsets(String offsets) {
    return GOOD.replace("[0,8]", offsets);
  }

  private static Stream<Case> shapes() {
    return Stream.of(
        shape("negative size", "[-2]", "at least 0"),
        shape("size with a fraction", "[2.0]", "whole number"),
        shape("size with an exponent", "[2e0]", "whole number"),
        shape("size as text", "[\"2\"]", "whole number"),
        shape("size of 64 bits", "[9223372036854775808]", "whole number"),
        shape("endless size", "[" + "9".repeat(100) + "]", "not valid JSON"),
        shape("product overflows", "[4294967296,4294967296]", "64-bit"),
        shape("bytes overflow", "[2305843009213693952]", "whole number of bytes"),
        shape("65 sizes", "[" + "1,".repeat(64) + "2]", "more than 64"),
        shape("shape as a number", "2", "expected an array"),
        shape("too small", "[1]", "span 8 bytes", "takes 4"),
        shape("too large", "[3]", "span 8 bytes", "takes 12"),
        shape("empty but with bytes", "[0]", "takes 0"),
        entry(
            "half a byte", "{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}", 2, "whole"));
  }

  private static Stream<Case> layouts() {
    String second = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":";
    return Stream.of(
        header("hole", "{\"a\":" + GOOD + ",\"b\":" + second + "[12,20]}}", 20, "a hole", "'b'"),
        header("overlap", "{\"a\":" + GOOD + ",\"b\":" + second + "[4,12]}}", 12, "an overlap"),
        header("same place", "{\"a\":" + GOOD + ",\"b\":" + GOOD + "}", 8, "an overlap"),
        entry("begins late", offsets("[4,12]"), 12, "a hole"),
        entry("data missing", GOOD, 7, "take 8 bytes, but 7"),
        entry("data left over", GOOD, 9, "take 8 bytes, but 9"),
        header("data without tensors", "{}", 1, "take 0 bytes, but 1"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void open_malformedFile_saysWhatIsWrong(Case file) throws IOException {
    Path path = Files.write(directory.resolve("model.safetensors"), file.file());
    assertThatThrownBy(() -> SafetensorsTensors.openFile(path))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining(path.toString())
        .satisfies(e -> assertThat(e.getMessage()).contains(file.words()));
  }

  @Test
  void open_tensorOfUnknownTypeInTheWrongPlace_isRefused() throws IOException {
    byte[] bytes = SafetensorsBytes.file("{\"t\":" + dtype("F2_NEW") + "}", 9);
    Path path = Files.write(directory.resolve("model.safetensors"), bytes);
    assertThatThrownBy(() -> SafetensorsTensors.openFile(path))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("take 8 bytes, but 9");
  }
}
