package io.quant4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.Quant4J;
import io.quant4j.api.Quantizer;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.bench.SyntheticModel.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
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

  /** A line of the golden data. */
  record Golden(Shape shape, String fileType, boolean weighted, String bytes, String sha256) {

    static Golden parse(Shape shape, String line) {
      String[] words = line.split(" ", -1);
      boolean weighted = words[1].equals("importance");
      return new Golden(shape, words[0], weighted, words[2], words.length > 3 ? words[3] : "");
    }

    @Override
    public String toString() {
      return shape + " " + fileType + (weighted ? " with importance" : "");
    }
  }

  static Stream<Golden> golden() {
    return Stream.of(Shape.TINY, Shape.TINY_MIXTURE).flatMap(SyntheticModelIdentityTest::lines);
  }

  private static Stream<Golden> lines(Shape shape) {
    String resource = "/golden/synthetic/" + shape.name().toLowerCase(Locale.ROOT) + ".txt";
    try (InputStream in =
        Objects.requireNonNull(SyntheticModelIdentityTest.class.getResourceAsStream(resource))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> Golden.parse(shape, line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeAll
  static void writeModels() {
    for (Shape shape : List.of(Shape.TINY, Shape.TINY_MIXTURE)) {
      SyntheticModel.write(shape, source(shape), 1);
      SyntheticImportance.of(source(shape)).write(importance(shape));
    }
  }

  private static Path source(Shape shape) {
    return directory.resolve(shape + ".gguf");
  }

  private static Path importance(Shape shape) {
    return directory.resolve(shape + ".imatrix.gguf");
  }

  @ParameterizedTest
  @MethodSource("golden")
  void tensors_ofEveryFileType_areThoseOfLlamaCpp(Golden golden) throws NoSuchAlgorithmException {
    Path target = directory.resolve("quantized.gguf");
    Quantizer.Builder builder =
        Quantizer.builder().source(source(golden.shape)).target(target).fileType(golden.fileType);
    if (golden.weighted) {
      builder.importanceMatrix(importance(golden.shape));
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
