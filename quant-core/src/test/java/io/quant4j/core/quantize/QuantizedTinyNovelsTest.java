package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.core.session.TinyNovels;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole way from a Hugging Face directory, against what llama.cpp makes of the same weights.
 */
class QuantizedTinyNovelsTest {

  /** A line of the golden data. */
  record Golden(String fileType, long bytes, String sha256) {

    static Golden parse(String line) {
      String[] words = line.split(" ", -1);
      return new Golden(words[0], Long.parseLong(words[1]), words[2]);
    }
  }

  static List<Golden> plain() throws IOException {
    return golden("tiny-novels.txt");
  }

  static List<Golden> weighted() throws IOException {
    return golden("tiny-novels-importance.txt");
  }

  private static List<Golden> golden(String file) throws IOException {
    try (var in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    QuantizedTinyNovelsTest.class.getResourceAsStream("/golden/quantized/" + file)),
                StandardCharsets.UTF_8))) {
      return in.lines().map(Golden::parse).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("plain")
  void tensors_ofEveryFileType_areThoseOfLlamaCpp(Golden golden) throws NoSuchAlgorithmException {
    assertSame(golden, Requests.of(golden.fileType));
  }

  @ParameterizedTest
  @MethodSource("weighted")
  void tensors_withImportance_areThoseOfLlamaCpp(Golden golden)
      throws NoSuchAlgorithmException, URISyntaxException {
    URL matrix =
        Objects.requireNonNull(
            QuantizedTinyNovelsTest.class.getResource("/golden/tiny-novels/imatrix.gguf"));
    ImportanceMatrix importance = ImportanceMatrix.read(Path.of(matrix.toURI()));
    assertSame(golden, Requests.of(golden.fileType).importance(importance));
  }

  private static void assertSame(Golden golden, Requests request) throws NoSuchAlgorithmException {
    MemoryWriter writer = new MemoryWriter();
    QuantizationReport report;
    try (Checkpoint source = Checkpoints.open(TinyNovels.directory())) {
      report = request.threads(2).run(source, writer);
    }

    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    writer.output().bytes.forEach(digest::update);
    assertThat(report.targetBytes()).isEqualTo(golden.bytes);
    assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(golden.sha256);
    assertThat(report.withoutImportance()).isEmpty();
  }
}
