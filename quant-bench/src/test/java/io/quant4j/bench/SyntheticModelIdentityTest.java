package io.quant4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.Quant4J;
import io.quant4j.api.Quantizer;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole models of random weights, quantized to every file type with and without importance matrix,
 * against what llama-quantize makes of the same two files.
 */
class SyntheticModelIdentityTest {
  private static final String REFUSED = "refused";

  @TempDir private static Path directory;

  private static ImportanceMatrix importance;

  /** A line of the golden data. */
  record Golden(String fileType, boolean weighted, String bytes, String sha256) {

    static Golden parse(String line) {
      String[] words = line.split(" ", -1);
      return new Golden(
          words[0], words[1].equals("importance"), words[2], words.length > 3 ? words[3] : "");
    }

    @Override
    public String toString() {
      return fileType + (weighted ? " with importance" : "");
    }
  }

  static Stream<Golden> golden() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            SyntheticModelIdentityTest.class.getResourceAsStream("/golden/synthetic/tiny.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().map(Golden::parse);
    }
  }

  @BeforeAll
  static void writeModel() {
    SyntheticModel.write(SyntheticModel.Shape.TINY, source(), 1);
    importance = SyntheticImportance.of(source());
  }

  private static Path source() {
    return directory.resolve("tiny.gguf");
  }

  @ParameterizedTest
  @MethodSource("golden")
  void tensors_ofEveryFileType_areThoseOfLlamaCpp(Golden golden) throws NoSuchAlgorithmException {
    Path target = directory.resolve("quantized.gguf");
    Quantizer.Builder builder =
        Quantizer.builder().source(source()).target(target).fileType(golden.fileType);
    if (golden.weighted) {
      builder.importanceMatrix(importance);
    }
    Quantizer quantizer = builder.build();

    if (golden.bytes.equals(REFUSED)) {
      assertThatThrownBy(quantizer::run)
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("importance");
      return;
    }
    quantizer.run();
    assertThat(fingerprint(target)).isEqualTo(golden.bytes + " " + golden.sha256);
  }

  /** Bytes and hash of all tensors, one after the other in the order of the file. */
  private static String fingerprint(Path model) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    long bytes = 0;
    try (Checkpoint checkpoint = Quant4J.open(model)) {
      for (StoredTensor tensor : checkpoint.tensors()) {
        var data = checkpoint.view(tensor).data();
        digest.update(data.asByteBuffer());
        bytes += data.byteSize();
      }
    }
    return bytes + " " + HexFormat.of().formatHex(digest.digest());
  }
}
