package io.quant4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.PerplexityOptions;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What depends on how a prompt is cut into batches, and what must not. */
class PromptPrecisionTest {
  private static final LoadOptions OPTIONS = LoadOptions.defaults().withBackend("vector");
  private static final int[] PROMPT = new SplittableRandom(3).ints(64, 0, 4_000).toArray();

  /**
   * Rounding adds an error of about 1e-4 of its size to each product; it passes through six layers
   * and grows little, since each adds to the residual.
   */
  private static final double ROUNDED = 2e-3;

  private static Model load(LoadOptions options) {
    Path root = Path.of(Objects.requireNonNull(System.getProperty("quant4j.root"), "root"));
    return Model.load(root.resolve("examples/quickstart/models/tiny-novels"), options);
  }

  private static float[] logits(LoadOptions options) {
    try (Model model = load(options);
        InferenceSession session = model.newSession(128)) {
      return session.evaluate(PROMPT);
    }
  }

  @Test
  void exactProducts_giveTheSameLogitsInAnyBatch() {
    float[] expected = logits(OPTIONS.withExactProducts(true));
    for (int batch : new int[] {1, 3, 16, 40}) {
      assertThat(logits(OPTIONS.withExactProducts(true).withPrefillBatch(batch)))
          .as("batches of %d", batch)
          .isEqualTo(expected);
    }
  }

  @Test
  void prompts_giveNearlyTheExactLogits() {
    float[] exact = logits(OPTIONS.withExactProducts(true));
    float[] fast = logits(OPTIONS);
    double errors = 0;
    double squares = 0;
    for (int i = 0; i < exact.length; i++) {
      errors += Math.pow(fast[i] - exact[i], 2);
      squares += Math.pow(exact[i], 2);
    }
    assertThat(Math.sqrt(errors / squares)).isLessThan(ROUNDED);
  }

  @Test
  void prompts_ofBatchesThatAreAllLarge_giveTheSameLogits() {
    float[] expected = logits(OPTIONS);
    for (int batch : new int[] {32, 40}) {
      assertThat(logits(OPTIONS.withPrefillBatch(batch)))
          .as("batches of %d", batch)
          .isEqualTo(expected);
    }
    assertThat(logits(OPTIONS.withThreads(3))).isEqualTo(expected);
  }

  @Test
  void perplexity_isExactWhateverTheOptions() {
    String text =
        IntStream.range(0, 200)
            .mapToObj(i -> "sentence " + i + " of a text.")
            .collect(Collectors.joining(" "));
    PerplexityOptions options = PerplexityOptions.defaults().withContext(64).withChunks(2);
    try (Model fast = load(OPTIONS);
        Model exact = load(OPTIONS.withExactProducts(true).withPrefillBatch(7))) {
      assertThat(fast.perplexity(text, options).value())
          .isEqualTo(exact.perplexity(text, options).value());
    }
  }
}
