package io.quant4j.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.Quantizer;
import io.quant4j.api.tensor.FormatId;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Predictions of quantized models on the device, beside those of the scalar kernels. */
@Tag("emulation")
@Tag("gpu")
class QuantizedModelOnDeviceTest {
  private static final Path MODEL =
      Path.of(
          Objects.requireNonNull(System.getProperty("quant4j.root")),
          "examples/quickstart/models/tiny-novels");

  private static final String TEXT =
      "The old man went down to the water in the morning, and the boy followed him with the lamp."
          + " The day was still, and neither of them spoke until they came to the boat that lay"
          + " upon the sand.";

  /**
   * Largest divergence in nats of a token alone. Products round vectors to 16 bits; the largest of
   * 96 tokens was 5e-9. Divergence goes with the square of errors, so a bit less would make four
   * times as much, and 8 bits ten thousand times. Quantization to Q8_0 costs this model 6e-4.
   */
  private static final double FEW = 5e-8;

  /** The same behind tokens read at once, with products that round to 11 bits: 1.5e-7 was seen. */
  private static final double MANY = 1e-6;

  @TempDir private Path directory;

  /** Sum of p ln(p / q), by the logits of both. */
  private static double divergence(float[] expected, float[] actual) {
    double p = logarithmOfSum(expected);
    double q = logarithmOfSum(actual);
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      sum += Math.exp(expected[i] - p) * ((expected[i] - p) - (actual[i] - q));
    }
    return sum;
  }

  private static double logarithmOfSum(float[] logits) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    return Math.log(sum);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q4_0"})
  void predictions_areTheHosts(String fileType) {
    Path file = directory.resolve("model.gguf");
    Quantizer.builder().source(MODEL).target(file).fileType(fileType).build().run();
    LoadOptions floats = LoadOptions.defaults().withCache(FormatId.F32, FormatId.F32);
    try (Model host = Model.load(file, floats.withBackend("scalar"));
        Model device = Model.load(file, floats.withBackend("cuda"));
        InferenceSession theirs = host.newSession();
        InferenceSession ours = device.newSession()) {
      int[] tokens = host.tokenizer().encode(TEXT, true, false);
      for (int i = 0; i < 8; i++) {
        float[] expected = theirs.evaluate(tokens[i]);
        assertThat(divergence(expected, ours.evaluate(tokens[i])))
            .as("token %d", i)
            .isBetween(-1e-12, FEW);
      }
      int[] rest = Arrays.copyOfRange(tokens, 8, tokens.length);
      assertThat(rest).as("many enough for the products of prompts").hasSizeGreaterThan(24);
      assertThat(divergence(theirs.evaluate(rest), ours.evaluate(rest)))
          .as("prompt")
          .isBetween(-1e-12, MANY);
    }
  }
}
