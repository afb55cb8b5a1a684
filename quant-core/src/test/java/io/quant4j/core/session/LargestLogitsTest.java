package io.quant4j.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.Generation;
import io.quant4j.api.GenerationOptions;
import io.quant4j.api.GenerationResult;
import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.LargestElements;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Placement;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.core.checkpoint.MappedTensors;
import io.quant4j.core.discovery.Extensions;
import io.quant4j.core.kernel.HostOperations;
import io.quant4j.core.kernel.ScalarBackend;
import io.quant4j.core.kernel.ThreadTeam;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Generation from the largest logits alone is generation from all of them. */
class LargestLogitsTest {
  private static final String PROMPT = "The old man looked at the";

  /** More than these operations look for. */
  private static final int MOST = 64;

  private static final List<Integer> ASKED = new ArrayList<>();
  private static int rowsRead;
  private static boolean damaged;
  private static Runnable onEmbed = () -> {};
  private static Model plain;
  private static Model looking;

  @BeforeAll
  static void load() {
    plain = load(operations -> operations);
    looking = load(LargestLogitsTest::lookingForLargest);
  }

  @AfterAll
  static void close() {
    plain.close();
    looking.close();
  }

  @BeforeEach
  void forget() {
    ASKED.clear();
    rowsRead = 0;
    damaged = false;
    onEmbed = () -> {};
  }

  @FunctionalInterface
  private interface Change {
    Operations of(Operations operations);
  }

  private static Model load(Change change) {
    Checkpoint checkpoint = Checkpoints.open(TinyNovels.directory());
    ThreadTeam team = new ThreadTeam(1);
    Operations operations = change.of(new HostOperations(ScalarBackend.kernels(), team));
    ModelArchitecture architecture =
        Extensions.installed()
            .architecture(checkpoint.metadata().architecture(), ErrorLocation.none());
    var spec = checkpoint.tokenizer().orElseThrow();
    CheckpointWeights weights = CheckpointWeights.of(checkpoint, architecture);
    Compute compute =
        new Compute("test", team, Placement.all(operations), Map.of(), List.of(team::close));
    return new LoadedModel(
        checkpoint,
        MappedTensors.of(checkpoint),
        Extensions.installed().tokenizer(spec.algorithm(), ErrorLocation.none()).create(spec),
        compute,
        architecture,
        weights,
        architecture.decoder(checkpoint.metadata(), weights, compute.placement()),
        LoadOptions.defaults().withPrefillBatch(4));
  }

  /** Operations that tell the largest elements by the definition, as a device would. */
  private static Operations lookingForLargest(Operations host) {
    return (Operations)
        Proxy.newProxyInstance(
            Operations.class.getClassLoader(),
            new Class<?>[] {Operations.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "equals" -> Proxy.isProxyClass(arguments[0].getClass()); // there is one
                  case "largest" -> largest(host, (Buffer) arguments[0], (Integer) arguments[1]);
                  case "embed" -> {
                    onEmbed.run();
                    yield forward(host, method, arguments);
                  }
                  case "read" -> {
                    rowsRead++;
                    yield forward(host, method, arguments);
                  }
                  default -> forward(host, method, arguments);
                });
  }

  private static Object forward(Operations host, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(host, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static Optional<LargestElements> largest(Operations host, Buffer row, int count) {
    if (count > MOST) {
      return Optional.empty();
    }
    ASKED.add(count);
    float[] all = new float[(int) row.length()];
    host.read(row, 0, all, 0, all.length);
    int[] indices =
        IntStream.range(0, all.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -all[i]))
            .limit(count)
            .mapToInt(i -> i)
            .toArray();
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = all[indices[i]];
    }
    return Optional.of(new LargestElements(indices, values, !damaged));
  }

  private static GenerationResult generate(Model model, GenerationOptions options) {
    try (InferenceSession session = model.newSession()) {
      return session.generate(PROMPT, options.withMaxTokens(20)).result();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 40, 0.95, 0.05, 1",
    "0, 0, 1, 0, 1",
    "0.8, 40, 0.95, 0.05, 40",
    "2, 64, 1, 0, 64",
    "1, 1, 1, 0, 1",
    "1.5, 10, 0.7, 0, 10"
  })
  void generate_fromLargest_sameTokens(float temperature, int topK, float topP, float minP, int k) {
    GenerationOptions options =
        GenerationOptions.defaults()
            .withTemperature(temperature)
            .withTopK(topK)
            .withTopP(topP)
            .withMinP(minP)
            .withSeed(3);
    assertThat(generate(looking, options).tokens()).isEqualTo(generate(plain, options).tokens());
    assertThat(ASKED).hasSize(20).containsOnly(k);
    assertThat(rowsRead).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0.8, 0, 0.95, 1", "0.8, 0, 1, 1", "0.8, 65, 1, 1", "0, 40, 1, 1.2"})
  void generate_whereMoreIsNeeded_readsAll(float temperature, int topK, float topP, float penalty) {
    GenerationOptions options =
        GenerationOptions.defaults()
            .withTemperature(temperature)
            .withTopK(topK)
            .withTopP(topP)
            .withRepeatPenalty(penalty)
            .withSeed(3);
    assertThat(generate(looking, options).tokens()).isEqualTo(generate(plain, options).tokens());
    assertThat(ASKED).isEmpty();
    assertThat(rowsRead).isEqualTo(20);
  }

  /** The second generation reads nothing new, but asks for more of what the first one has left. */
  @Test
  void generate_goingOnWithOtherOptions_sameTokens() {
    GenerationOptions second =
        GenerationOptions.defaults().withTopK(0).withTopP(0.9f).withSeed(4).withMaxTokens(5);
    List<List<Integer>> tokens = new ArrayList<>();
    for (Model model : List.of(plain, looking)) {
      try (InferenceSession session = model.newSession()) {
        // The token that completes a stop string is not read.
        GenerationOptions first = GenerationOptions.greedy().withStopStrings("door");
        session.generate(PROMPT, first).result();
        int length = session.length();
        tokens.add(session.generate("", second).result().tokens());
        assertThat(session.length()).isEqualTo(length + 5);
      }
    }
    assertThat(tokens.get(1)).isEqualTo(tokens.get(0)).hasSize(5);
  }

  /** Of what was read before a prompt was cancelled no logits are known. */
  @Test
  void generate_afterACancelledPrompt_goesOnFromWhatWasRead() {
    int[] prompt = looking.tokenizer().encode(PROMPT, true, true);
    GenerationOptions greedy = GenerationOptions.greedy().withMaxTokens(1);
    try (InferenceSession session = looking.newSession();
        InferenceSession other = plain.newSession()) {
      Generation cancelled = session.generate(PROMPT, greedy);
      onEmbed = cancelled::cancel;
      assertThat(cancelled.result().tokens()).isEmpty();
      assertThat(session.length()).isEqualTo(4);
      onEmbed = () -> {};
      float[] logits = other.evaluate(Arrays.copyOf(prompt, 4));
      int likeliest =
          IntStream.range(0, logits.length)
              .reduce((a, b) -> logits[b] > logits[a] ? b : a)
              .orElseThrow();
      assertThat(session.generate("", greedy).result().tokens()).containsExactly(likeliest);
    }
  }

  @Test
  void evaluate_afterGeneration_givesAllLogits() {
    try (InferenceSession ours = looking.newSession();
        InferenceSession theirs = plain.newSession()) {
      GenerationOptions options = GenerationOptions.greedy().withMaxTokens(3);
      ours.generate(PROMPT, options).result();
      theirs.generate(PROMPT, options).result();
      assertThat(ours.evaluate(300)).isEqualTo(theirs.evaluate(300));
    }
  }

  @Test
  void generate_fromLogitsThatAreNotFinite_refused() {
    damaged = true;
    GenerationOptions greedy = GenerationOptions.greedy();
    assertThatThrownBy(() -> generate(looking, greedy)).isInstanceOf(MalformedModelException.class);
  }
}
