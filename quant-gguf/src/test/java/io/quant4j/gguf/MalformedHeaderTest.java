package io.quant4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.ModelIoException;
import io.quant4j.api.error.UnsupportedModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MalformedHeaderTest extends OpeningTest {
  private static final Class<MalformedModelException> MALFORMED = MalformedModelException.class;
  private static final Class<UnsupportedModelException> UNSUPPORTED =
      UnsupportedModelException.class;

  @Test
  void missingFile_isNamed() {
    assertRefused(directory.resolve("none.gguf"), ModelIoException.class, "none.gguf");
  }

  @Test
  void directory_isRefused() {
    assertRefused(directory, ModelIoException.class, "names a directory or device");
  }

  @Test
  void emptyFile_isRefused() throws IOException {
    assertRefused(new byte[0], MALFORMED, "empty");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <!DOCTYPE html><html lang="en"> | an HTML page
          <HTML><body>Sign in</body>      | an HTML page
          <?xml version="1.0"?><Error/>   | an XML document
          version https://git-lfs.github.com/spec/v1 oid | a Git LFS pointer
          {"error":"Repository not found"} | a JSON document
          lmgg0000                         | a GGML file from before GGUF
          tjgg0000                         | a GGML file from before GGUF
          """)
  void textOfAnotherKind_isNamed(String content, String kind) throws IOException {
    assertRefused(
        content.getBytes(StandardCharsets.UTF_8), MALFORMED, "not a GGUF file", "looks like", kind);
  }

  @Test
  void zipArchive_isNamedPyTorch() throws IOException {
    assertRefused(new byte[] {'P', 'K', 3, 4, 0, 0}, MALFORMED, "ZIP", "PyTorch");
  }

  @Test
  void safetensors_isNamed() throws IOException {
    byte[] head =
        GgufBytes.concat(GgufBytes.int64(60), "{\"a\":{}}".getBytes(StandardCharsets.UTF_8));
    assertRefused(head, MALFORMED, "a safetensors file");
  }

  @Test
  void pickle_isNamed() throws IOException {
    assertRefused(new byte[] {(byte) 0x80, 2, 0x7d, 0x71}, MALFORMED, "pickle");
  }

  @Test
  void gzip_isNamed() throws IOException {
    assertRefused(new byte[] {0x1f, (byte) 0x8b, 8, 0}, MALFORMED, "gzip");
  }

  @Test
  void zstandard_isNamed() throws IOException {
    assertRefused(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd}, MALFORMED, "Zstandard");
  }

  @Test
  void zeros_areAnUnfinishedDownload() throws IOException {
    assertRefused(new byte[4096], MALFORMED, "unfinished download");
  }

  @Test
  void unknownBytes_areNotNamed() throws IOException {
    byte[] bytes = new byte[100];
    Arrays.fill(bytes, (byte) 0xa7);
    assertThat(assertRefused(bytes, MALFORMED, "not a GGUF file").reason())
        .doesNotContain("looks like");
  }

  @Test
  void lowerCaseMagic_isRefused() {
    assertRefused(GgufBytes.llama().magic("gguf"), MALFORMED, "not a GGUF file");
  }

  @Test
  void version0_isRefused() {
    assertThat(assertRefused(GgufBytes.llama().version(0), MALFORMED, "version 0").offset())
        .hasValue(4);
  }

  @Test
  void version1_isUnsupported() {
    assertRefused(GgufBytes.llama().version(1), UNSUPPORTED, "version 1", "newer file");
  }

  @Test
  void version4_isUnsupported() {
    assertRefused(GgufBytes.llama().version(4), UNSUPPORTED, "version 4", "update");
  }

  @Test
  void negativeVersion_isUnsupported() {
    assertRefused(GgufBytes.llama().version(-1), UNSUPPORTED, "version 4294967295");
  }

  @Test
  void bigEndianFile_isUnsupported() {
    assertRefused(GgufBytes.llama().version(Integer.reverseBytes(3)), UNSUPPORTED, "big-endian");
  }

  @Test
  void negativeTensorCount_isRefused() {
    assertThat(
            assertRefused(GgufBytes.llama().moreTensors(-1), MALFORMED, "tensor count of 184467")
                .offset())
        .hasValue(8);
  }

  @Test
  void negativeKeyCount_isRefused() {
    assertThat(
            assertRefused(GgufBytes.empty().moreKeys(-1), MALFORMED, "key count of 18446744073709")
                .offset())
        .hasValue(16);
  }

  @Test
  void tensorCountBeyondTheFile_isRefused() {
    assertRefused(
        GgufBytes.llama().moreTensors(1L << 40), MALFORMED, "tensor count", "does not fit");
  }

  @Test
  void keyCountBeyondTheFile_isRefused() {
    assertRefused(GgufBytes.llama().moreKeys(Long.MAX_VALUE - 20), MALFORMED, "key count");
  }

  @Test
  void countsAboveAnyModel_areUnsupported() {
    GgufBytes file = GgufBytes.llama().moreTensors((1 << 18) + 1).data(24 << 19);
    assertRefused(file, UNSUPPORTED, "tensor count of 262145 is above the limit");
  }

  @Test
  void headerOf23Bytes_endsInsideTheKeyCount() throws IOException {
    byte[] header = Arrays.copyOf(GgufBytes.empty().bytes(), 23);
    assertRefused(header, MALFORMED, "the file ends inside the key count", "get it again");
  }
}
