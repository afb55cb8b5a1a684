package io.quant4j.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.GenerationOptions;
import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.Progress;
import io.quant4j.api.error.OperationCancelledException;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.tensor.FormatId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model on the device computes what it computes on the host. */
@Tag("emulation")
@Tag("gpu")
class ModelOnDeviceTest {
  /**
   * Largest difference of a logit, relative to the largest. The weights are BF16, to which prompts
   * of more than a few tokens are rounded for the tensor cores: 8 bits.
   */
  private static final double TOLERANCE = 1e-2;

  /** The same where all numbers are floats. */
  private static final double FLOAT_TOLERANCE = 5e-5;

  private static final Path MODEL =
      Path.of(
          Objects.requireNonNull(System.getProperty("quant4j.root")),
          "examples/quickstart/models/tiny-novels");

  private static Model host;

  @BeforeAll
  static void load() {
    host =
        Model.load(
            MODEL,
            LoadOptions.defaults().withBackend("scalar").withCache(FormatId.F32, FormatId.F32));
  }

  @AfterAll
  static void close() {
    host.close();
  }

  private static LoadOptions onDevice() {
    return LoadOptions.defaults().withBackend("cuda");
  }

  private static int largest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  /** Reads a prompt and then what the host finds likeliest, on both. */
  private static void compare(Model device, int[] prompt, int steps, double tolerance) {
    try (InferenceSession ours = device.newSession();
        InferenceSession theirs = host.newSession()) {
      float[] expected = theirs.evaluate(prompt);
      float[] actual = ours.evaluate(prompt);
      for (int step = 0; step < steps; step++) {
        float scale = Math.abs(expected[largest(expected)]);
        for (int i = 0; i < expected.length; i++) {
          assertThat((double) actual[i])
              .as("step %d, logit %d", step, i)
              .isCloseTo(expected[i], within(tolerance * scale));
        }
        int token = largest(expected);
        assertThat(largest(actual)).as("likeliest token of step %d", step).isEqualTo(token);
        expected = theirs.evaluate(token);
        actual = ours.evaluate(token);
      }
    }
  }

  private static int[] prompt(int count) {
    int[] tokens = new int[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = 300 + 37 * i % 1_000;
    }
    return tokens;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 20})
  void logits_areTheHosts(int promptTokens) {
    try (Model device = Model.load(MODEL, onDevice())) {
      assertThat(device.backend()).isEqualTo("cuda");
      compare(device, prompt(promptTokens), 6, TOLERANCE);
    }
  }

  @Test
  void logits_withFloatCache_areTheHosts() {
    LoadOptions options = onDevice().withCache(FormatId.F32, FormatId.F32).withPrefillBatch(8);
    try (Model device = Model.load(MODEL, options)) {
      compare(device, prompt(3), 4, FLOAT_TOLERANCE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5})
  void logits_ofModelThatIsPartlyOnTheDevice_areTheHosts(int layers) {
    try (Model device = Model.load(MODEL, onDevice().withGpuLayers(layers))) {
      compare(device, prompt(5), 4, TOLERANCE);
    }
  }

  @Test
  void generatedText_isTheHosts() {
    GenerationOptions options = GenerationOptions.greedy().withMaxTokens(12);
    try (Model device = Model.load(MODEL, onDevice());
        InferenceSession ours = device.newSession();
        InferenceSession theirs = host.newSession()) {
      assertThat(ours.generate("The old man", options).text())
          .isEqualTo(theirs.generate("The old man", options).text());
    }
  }

  /** A repeat penalty that changes nothing to speak of makes all logits come to the host. */
  @ParameterizedTest
  @ValueSource(floats = {0, 0.8f})
  void generatedTokens_fromTheLargestLogits_areThoseFromAll(float temperature) {
    GenerationOptions options =
        GenerationOptions.defaults().withTemperature(temperature).withSeed(1).withMaxTokens(10);
    GenerationOptions fromAll = options.withRepeatPenalty(Math.nextUp(1f)).withRepeatLastN(0);
    for (int layers : new int[] {0, 2, 100}) {
      try (Model device = Model.load(MODEL, onDevice().withGpuLayers(layers));
          InferenceSession session = device.newSession()) {
        List<Integer> expected = session.generate("The old man", fromAll).result().tokens();
        session.reset();
        assertThat(session.generate("The old man", options).result().tokens())
            .as("%d layers", layers)
            .isEqualTo(expected);
      }
    }
  }

  private static long freeBytes() {
    try (KernelSet.OnDevices asked = (KernelSet.OnDevices) new CudaBackend().open()) {
      return asked.devices().getFirst().freeBytes();
    }
  }

  @Test
  void cancelledLoading_endsBeforeTheNextMatrixAndLeavesNothing() {
    long free = freeBytes();
    CancellationToken cancellation = new CancellationToken();
    List<Progress> told = new ArrayList<>();
    LoadOptions options =
        onDevice()
            .withCancellation(cancellation)
            .withListener(progress -> {
              told.add(progress);
              if (told.size() == 9) {
                cancellation.cancel();
              }
            });
    assertThatThrownBy(() -> Model.load(MODEL, options))
        .isInstanceOf(OperationCancelledException.class);
    assertThat(told).hasSize(9);
    assertThat(told.getLast().done()).isBetween(1L, told.getLast().total() - 1);
    assertThat(freeBytes()).isEqualTo(free);
  }

  @Test
  void loading_tellsOfEveryByte() {
    List<Progress> told = new ArrayList<>();
    try (Model device = Model.load(MODEL, onDevice().withListener(told::add))) {
      assertThat(device.backend()).isEqualTo("cuda");
    }
    assertThat(told).isNotEmpty().allMatch(p -> p.phase().equals("move weights"));
    assertThat(told.getLast().fraction()).isEqualTo(1);
  }
}
