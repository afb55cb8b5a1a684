package io.quant4j.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.Quantizer;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointReader;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.FormatId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * From Hugging Face's files to a GGUF file and to perplexities of both, beside what llama.cpp
 * computes from that GGUF file. Logits are far from even, so that another order of rows, norm,
 * window or frequency changes a perplexity by percents.
 */
class FamiliesTest {
  /** Both sides add floats, in another order. */
  private static final double ROUNDING = 1e-6;

  /** llama.cpp looks GELU up in a table of half-precision numbers. */
  private static final double GELU_TABLE = 1e-4;

  /** Logits of a standard deviation of 2, a hundredth of it moved. */
  private static final double EIGHT_BITS = 0.03;

  private static final Path ROOT =
      Path.of(Objects.requireNonNull(System.getProperty("quant4j.root"), "quant4j.root"));

  @TempDir private Path directory;

  private void write(Family family, int size) throws IOException {
    family.write(directory, ROOT.resolve("examples/quickstart/models/tiny-novels"), size);
  }

  private static double perplexity(Path model, String backend, int context) throws IOException {
    String text = Files.readString(ROOT.resolve("LICENSE")).strip();
    PerplexityOptions options = PerplexityOptions.defaults().withContext(context).withChunks(3);
    try (Model loaded =
        Model.load(
            model,
            LoadOptions.defaults().withBackend(backend).withCache(FormatId.F32, FormatId.F32))) {
      return loaded.perplexity(text, options).value();
    }
  }

  private Path quantized(String fileType) {
    Path target = directory.resolve(fileType + ".gguf");
    Quantizer.builder().source(directory).target(target).fileType(fileType).build().run();
    return target;
  }

  @ParameterizedTest
  @CsvFileSource(resources = "/golden/families/perplexities.txt", delimiter = ' ')
  void perplexity_isThatOfLlamaCpp(Family family, int context, double expected) throws IOException {
    write(family, 1);
    double tolerance = family.name().startsWith("GEMMA") ? GELU_TABLE : ROUNDING;
    Path file = quantized("F32");
    assertThat(perplexity(directory, "scalar", context))
        .isCloseTo(expected, within(tolerance * expected));
    assertThat(perplexity(directory, "vector", context))
        .isCloseTo(expected, within(tolerance * expected));
    assertThat(perplexity(file, "vector", context))
        .isCloseTo(expected, within(tolerance * expected));
  }

  @Test
  void golden_coversEveryFamily() throws IOException {
    try (InputStream golden =
        FamiliesTest.class.getResourceAsStream("/golden/families/perplexities.txt")) {
      String text = new String(golden.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(text.lines().map(line -> line.substring(0, line.indexOf(' '))))
          .containsAll(Arrays.stream(Family.values()).map(Family::name).toList());
    }
  }

  /**
   * Eight bits change little, so a stack cut at the wrong place or a matrix left out would show.
   */
  @ParameterizedTest
  @EnumSource
  void perplexity_ofEightBits_isNear(Family family) throws IOException {
    write(family, 1);
    double exact = perplexity(directory, "vector", 128);
    assertThat(perplexity(quantized("Q8_0"), "vector", 128))
        .isCloseTo(exact, within(EIGHT_BITS * exact));
  }

  @ParameterizedTest
  @CsvFileSource(resources = "/golden/families/quantized.txt", delimiter = ' ')
  void quantized_givesTheTensorsOfLlamaQuantize(Family family, String fileType, String expected)
      throws IOException, NoSuchAlgorithmException {
    write(family, 4);
    assertThat(sum(quantized(fileType))).isEqualTo(expected);
  }

  /** SHA-256 of names, formats, shapes and bytes of all tensors, ordered by name. */
  static String sum(Path file) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    CheckpointReader reader =
        ServiceLoader.load(CheckpointReader.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(r -> r.name().equals("gguf"))
            .findFirst()
            .orElseThrow();
    try (Checkpoint checkpoint = reader.open(file)) {
      List<StoredTensor> tensors = new ArrayList<>(checkpoint.tensors());
      tensors.sort(Comparator.comparing(t -> t.info().name()));
      for (StoredTensor tensor : tensors) {
        String head = tensor.info().name() + tensor.info().format() + tensor.info().shape();
        digest.update(head.getBytes(StandardCharsets.UTF_8));
        digest.update(checkpoint.view(tensor).data().asByteBuffer());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
