package io.quant4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.Divergence;
import io.quant4j.api.Estimate;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.Quantizer;
import io.quant4j.api.tensor.FormatId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The comparison of quantized files with the repository's model, against llama.cpp's (commit
 * 34af94cd9ab2): {@code llama-perplexity --kl-divergence -c 256 --chunks 40} on two novels that the
 * model never saw.
 *
 * <p>To have upstream multiply in floats, as we do, it was given the quantized files decoded to F32
 * ({@code quant4j quantize ... --type F32 --allow-requantize}) and {@code -ctk f32 -ctv f32 -fa
 * off}. What is left is that it keeps the base model's logarithms of probabilities in steps of
 * 16/65535 nats, so that one divergence is off by half a step at most, and prints six decimals.
 */
@Tag("conformance")
class DivergenceConformanceTest {
  private static final int CHUNKS = 40;
  private static final Offset<Double> HALF_STEP = within(8.0 / 65535);

  /** Half steps up and down over 5,080 predictions cancel out to less than the last decimal. */
  private static final Offset<Double> MEAN = within(2e-6);

  /** Of probabilities and shares, in percent: a half step of ln p, and three decimals. */
  private static final Offset<Double> PERCENT = within(0.0127);

  /** What 8-bit activations add to the mean divergence, at most: 8e-5 to 2.5e-4 here. */
  private static final double ACTIVATIONS = 2.6e-4;

  @TempDir private Path directory;

  private static Path path(String property) {
    return Path.of(Objects.requireNonNull(System.getProperty(property), property));
  }

  /**
   * @param perplexity of the quantized model
   * @param divergences mean, 99.9 %, 99 %, 95 %, 90 %, median, 10 %, 5 %
   * @param changes 99.9 %, 99 %, 95 %, 75 %, 5 %, 1 %, 0.1 % and root mean square, in percent
   * @param sameTop in percent
   * @param withActivations mean divergence of the quantized file itself by upstream's own products
   */
  private record Upstream(
      double perplexity,
      Estimate logRatio,
      double[] divergences,
      double[] changes,
      Estimate sameTop,
      double withActivations) {}

  static Stream<Arguments> figures() {
    return Stream.of(
        Arguments.of(
            "Q8_0",
            new Upstream(
                65.286015,
                new Estimate(-0.000009, 0.000120),
                new double[] {
                  0.000038, 0.000637, 0.000168, 0.000086, 0.000065, 0.000031, 0.000012, 0.000006
                },
                new double[] {0.625, 0.298, 0.127, 0.009, -0.153, -0.363, -0.669, 0.100},
                new Estimate(99.528, 0.096),
                0.000118)),
        Arguments.of(
            "Q4_K_M",
            new Upstream(
                65.206315,
                new Estimate(-0.001231, 0.000865),
                new double[] {
                  0.001881, 0.033460, 0.011510, 0.004998, 0.003427, 0.001247, 0.000610, 0.000503
                },
                new double[] {5.164, 2.506, 1.036, 0.053, -0.923, -2.241, -5.419, 0.781},
                new Estimate(95.512, 0.291),
                0.002131)),
        Arguments.of(
            "Q2_K",
            new Upstream(
                66.518920,
                new Estimate(0.018699, 0.002668),
                new double[] {
                  0.017374, 0.242769, 0.103548, 0.050152, 0.034261, 0.011474, 0.004712, 0.003715
                },
                new double[] {13.041, 6.225, 2.308, 0.086, -3.466, -7.825, -17.121, 2.195},
                new Estimate(88.484, 0.448),
                0.017525)));
  }

  private Divergence compare(String fileType) throws IOException {
    Path source = path("quant4j.root").resolve("examples/quickstart/models/tiny-novels");
    Path file = directory.resolve(fileType + ".gguf");
    Quantizer.builder().source(source).target(file).fileType(fileType).build().run();
    Path text = path("quant4j.shared").resolve("data/corpora/tiny-novels-validation.txt");
    LoadOptions vector =
        LoadOptions.defaults().withBackend("vector").withCache(FormatId.F32, FormatId.F32);
    try (Model base = Model.load(source, vector);
        Model quantized = Model.load(file, vector)) {
      return base.compare(
          quantized,
          Files.readString(text),
          PerplexityOptions.defaults().withContext(256).withChunks(CHUNKS));
    }
  }

  @ParameterizedTest
  @MethodSource("figures")
  void compare_agreesWithLlamaCpp(String fileType, Upstream upstream) throws IOException {
    Divergence measured = compare(fileType);

    assertThat(measured.predictions()).isEqualTo(CHUNKS * 127);
    assertThat(measured.base().value()).isCloseTo(65.286621, within(2e-4));
    assertThat(measured.quantized().value()).isCloseTo(upstream.perplexity(), within(2e-4));
    assertThat(measured.logRatio().value()).isCloseTo(upstream.logRatio().value(), MEAN);
    assertThat(measured.logRatio().uncertainty())
        .isCloseTo(upstream.logRatio().uncertainty(), MEAN);
    assertDivergences(measured, upstream);
    assertChanges(measured, upstream);
    // Two of 5,080 near-ties may fall the other way.
    assertThat(100 * measured.sameTop().value())
        .isCloseTo(upstream.sameTop().value(), within(0.04));
    assertThat(100 * measured.sameTop().uncertainty())
        .isCloseTo(upstream.sameTop().uncertainty(), within(0.005));
  }

  private static void assertDivergences(Divergence measured, Upstream upstream) {
    double[] expected = upstream.divergences();
    assertThat(measured.klDivergence().mean().value())
        .isCloseTo(expected[0], MEAN)
        .isBetween(upstream.withActivations() - ACTIVATIONS, upstream.withActivations());
    double[] percents = {99.9, 99, 95, 90, 50, 10, 5};
    for (int i = 0; i < percents.length; i++) {
      assertThat(measured.klDivergence().percentile(percents[i]))
          .as("%s %%", percents[i])
          .isCloseTo(expected[i + 1], HALF_STEP);
    }
  }

  private static void assertChanges(Divergence measured, Upstream upstream) {
    double[] percents = {99.9, 99, 95, 75, 5, 1, 0.1};
    for (int i = 0; i < percents.length; i++) {
      assertThat(100 * measured.probabilityChange().percentile(percents[i]))
          .as("%s %%", percents[i])
          .isCloseTo(upstream.changes()[i], PERCENT);
    }
    assertThat(100 * measured.probabilityChangeRms().value())
        .isCloseTo(upstream.changes()[percents.length], PERCENT);
  }
}
