package io.quant4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.Perplexity;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.Quantizer;
import io.quant4j.api.tensor.FormatId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Perplexity of the repository's model on two novels that it never saw, against what llama.cpp
 * measures on its own files of the same types: context 256, the first 100 windows.
 */
@Tag("conformance")
class PerplexityConformanceTest {
  /** llama.cpp multiplies with activations of 8 or 16 bits, we with floats. */
  private static final double RELATIVE_DIFFERENCE = 0.005;

  private static final Path SHARED = path("quant4j.shared");

  @TempDir private Path directory;

  private static Path path(String property) {
    return Path.of(Objects.requireNonNull(System.getProperty(property), property));
  }

  @ParameterizedTest
  @ValueSource(strings = {"F16", "Q8_0", "Q4_K_M"})
  void perplexity_agreesWithLlamaCpp(String fileType) throws IOException {
    Path file = directory.resolve(fileType + ".gguf");
    Quantizer.builder()
        .source(path("quant4j.root").resolve("examples/quickstart/models/tiny-novels"))
        .target(file)
        .fileType(fileType)
        .build()
        .run();
    String text = Files.readString(SHARED.resolve("data/corpora/tiny-novels-validation.txt"));
    PerplexityOptions options = PerplexityOptions.defaults().withContext(256).withChunks(100);
    try (Model model =
        Model.load(
            file,
            LoadOptions.defaults().withBackend("vector").withCache(FormatId.F32, FormatId.F32))) {
      Perplexity measured = model.perplexity(text, options);
      double expected = expected(fileType);
      assertThat(measured.predictions()).isEqualTo(100 * 127);
      assertThat(measured.value()).isCloseTo(expected, within(RELATIVE_DIFFERENCE * expected));
    }
  }

  private static double expected(String fileType) throws IOException {
    String golden = Files.readString(SHARED.resolve("data/golden/tiny-novels/golden.json"));
    Matcher figure =
        Pattern.compile("\"" + fileType + "\\.plain\":\\s*\\{[^}]*\"perplexity\":\\s*([0-9.]+)")
            .matcher(golden);
    assertThat(figure.find()).as("figure of " + fileType).isTrue();
    return Double.parseDouble(figure.group(1));
  }
}
