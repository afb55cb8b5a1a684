package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on the model of the quickstart, with the real engine. */
class ModelCommandsTest {
  private static final String PROMPT = "The old man looked at the";
  private static final Path MODEL = CommandRun.TINY_NOVELS;

  /**
   * Token ids of the prompt and its most likely continuation by an independent implementation
   * (golden data).
   */
  private static final List<Long> PROMPT_IDS = List.of(4080L, 595L, 632L, 427L, 726L, 359L, 262L);

  private static final long BEST_NEXT = 819;
  private static final double BEST_LOGIT = 5.597859;

  @TempDir private static Path directory;
  private static Path quantized;
  private static CommandRun quantize;

  @BeforeAll
  static void quantizeOnce() {
    quantized = directory.resolve("tiny.gguf");
    quantize = CommandRun.of("quantize", MODEL, quantized, "--type", "q4_k_m");
  }

  @Test
  void quantize_printsASummary() throws IOException {
    assertThat(quantize.status()).as(quantize.err()).isZero();
    assertThat(Files.size(quantized)).isBetween(3_700_000L, 3_900_000L);
    assertThat(quantize.out())
        .startsWith(quantized + ": Q4_K_M, ")
        .containsPattern("(?m)^Q4_K +\\d+ ")
        .containsPattern("(?m)^all +56 +5,770,496 ");
  }

  @Test
  void quantize_withOverrides_obeysThem() {
    CommandRun run =
        CommandRun.of(
            "quantize",
            MODEL,
            directory.resolve("overridden.gguf"),
            "--type=Q8_0",
            "--token-embedding-type=q6_k",
            "--tensor-type=ffn_(up|down)=q4_0",
            "--tensor-type=ffn_up=F16",
            "--threads=1",
            "--json");

    assertThat(run.status()).as(run.err()).isZero();
    List<JsonTree> tensors = JsonTree.parse(run.out()).member("tensors").elements();
    assertThat(format(tensors, "token_embd.weight")).isEqualTo("Q6_K");
    assertThat(format(tensors, "blk.3.ffn_up.weight")).isEqualTo("Q4_0");
    assertThat(format(tensors, "blk.3.ffn_gate.weight")).isEqualTo("Q8_0");
  }

  private static Object format(List<JsonTree> tensors, String name) {
    return tensors.stream()
        .filter(tensor -> name.equals(tensor.member("name").value()))
        .map(tensor -> tensor.member("target_format").value())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void quantize_ofQuantized_needsPermission() {
    Path target = directory.resolve("again.gguf");
    CommandRun refused = CommandRun.of("quantize", quantized, target, "--type=Q8_0");
    CommandRun allowed =
        CommandRun.of("quantize", quantized, target, "--type=Q8_0", "--allow-requantize");

    assertThat(refused.status()).isNotZero();
    assertThat(refused.err()).startsWith("quant4j: ").contains("equantize");
    assertThat(allowed.status()).as(allowed.err()).isZero();
  }

  @Test
  void quantize_toUnknownType_listsTypes() {
    CommandRun run =
        CommandRun.of("quantize", MODEL, directory.resolve("x.gguf"), "--type", "Q9_X");

    assertThat(run.status()).isEqualTo(ExitStatus.FAILURE);
    assertThat(run.err()).contains("Q9_X").contains("Q4_K_M");
  }

  @Test
  void quantize_interrupted_leavesNothingBehind(@TempDir Path target) {
    Interruption interruption = new Interruption();
    Thread impatient =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              while (!Thread.interrupted()) {
                interruption.interrupt();
              }
            });

    CommandRun run =
        CommandRun.interruptible(
            interruption, "quantize", MODEL, target.resolve("t.gguf"), "--type=Q4_K_M");
    impatient.interrupt();

    assertThat(run.status()).as(run.err()).isEqualTo(ExitStatus.INTERRUPTED);
    assertThat(run.err()).startsWith("quant4j: ").contains("cancelled");
    assertThat(target).isEmptyDirectory();
  }

  @Test
  void generate_printsTheTextOnly() {
    String[] options = {"--prompt", PROMPT, "--max-tokens=24", "--seed=3"};
    CommandRun streamed = generate(quantized, options);
    CommandRun whole = generate(quantized, options, "--no-stream");
    CommandRun json = generate(quantized, options, "--json");

    assertThat(streamed.status()).as(streamed.err()).isZero();
    assertThat(streamed.out()).isNotBlank().doesNotContain("tokens");
    assertThat(whole.out()).isEqualTo(streamed.out());
    assertThat(JsonTree.parse(json.out()).member("text").value()).isEqualTo(streamed.out());
    assertThat(JsonTree.parse(json.out()).member("generated_tokens").value()).isEqualTo(24L);
    assertThat(streamed.err()).contains("7 prompt tokens", "24 generated", "seed 3");
    assertThat(json.err()).doesNotContain("seed");
  }

  @Test
  void generate_greedy_followsTheMostLikelyTokens() {
    CommandRun run =
        generate(MODEL, new String[] {"--prompt", PROMPT, "--greedy"}, "--max-tokens=8");

    assertThat(run.out()).isEqualTo(" door. He was a little in the");
  }

  @Test
  void generate_untilStopText_endsBeforeIt() {
    CommandRun run =
        generate(
            MODEL, new String[] {"--prompt", PROMPT, "--greedy"}, "--stop", " little", "--json");

    assertThat(JsonTree.parse(run.out()).member("text").value()).isEqualTo(" door. He was a");
    assertThat(JsonTree.parse(run.out()).member("finish_reason").value()).isEqualTo("stop_string");
  }

  @Test
  void generate_fromFile_readsUtf8() throws IOException {
    Path file = Files.writeString(directory.resolve("prompt.txt"), PROMPT);
    CommandRun run =
        generate(
            MODEL, new String[] {"--prompt-file", file.toString(), "--greedy"}, "--max-tokens=1");

    assertThat(run.out()).isEqualTo(" door");
  }

  @Test
  void generate_fromCopiedWeights_givesTheSameText() {
    String[] options = {"--prompt", PROMPT, "--greedy", "--max-tokens=1"};
    CommandRun run = generate(quantized, options, "--no-mmap");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo(generate(quantized, options).out());
    assertThat(run.out()).isNotEmpty();
  }

  private static CommandRun generate(Path model, String[] options, String... more) {
    Object[] args = new Object[2 + options.length + more.length];
    args[0] = "generate";
    args[1] = model;
    System.arraycopy(options, 0, args, 2, options.length);
    System.arraycopy(more, 0, args, 2 + options.length, more.length);
    return CommandRun.of(args);
  }

  @Test
  void logits_agreeWithGoldenData() {
    CommandRun run = CommandRun.of("logits", MODEL, "--prompt", PROMPT, "--top", 3, "--json");

    assertThat(run.status()).as(run.err()).isZero();
    List<JsonTree> best = JsonTree.parse(run.out()).elements();
    assertThat(best).hasSize(3);
    assertThat(best.getFirst().member("id").value()).isEqualTo(BEST_NEXT);
    assertThat(best.getFirst().member("logit").number()).isCloseTo(BEST_LOGIT, within(0.05));
  }

  @Test
  void tokenize_showsIdsAndPieces() {
    CommandRun json = CommandRun.of("tokenize", MODEL, "--text", PROMPT, "--json");
    CommandRun text = CommandRun.of("tokenize", MODEL, "--text", PROMPT, "--no-special");

    assertThat(JsonTree.parse(json.out()).elements())
        .extracting(token -> token.member("id").value())
        .containsExactlyElementsOf(PROMPT_IDS);
    assertThat(text.out().lines()).hasSize(PROMPT_IDS.size());
    assertThat(text.out().lines().skip(1).findFirst().orElseThrow()).contains("595", "The");
  }

  @Test
  void perplexity_isThatOfTheModel() throws IOException {
    Path file = Files.writeString(directory.resolve("text.txt"), PROMPT.repeat(30));
    CommandRun json =
        CommandRun.of("perplexity", quantized, "--file", file, "--context", 64, "--json");
    CommandRun text = CommandRun.of("perplexity", quantized, "--file", file, "--context", 64);

    JsonTree result = JsonTree.parse(json.out());
    double perplexity = result.member("perplexity").number();
    assertThat(perplexity).isBetween(1.0, 100.0);
    assertThat(result.member("context").value()).isEqualTo(64L);
    assertThat(text.out()).startsWith(Text.format("perplexity %.4f ± ", perplexity));
  }

  @Test
  void compare_showsHowFarTheModelsAreApart() throws IOException {
    Path file = Files.writeString(directory.resolve("compared.txt"), PROMPT.repeat(30));
    CommandRun json =
        CommandRun.of("compare", MODEL, quantized, "--file", file, "--context=64", "--json");
    CommandRun text =
        CommandRun.of("compare", MODEL, quantized, "--file", file, "--context=64", "--chunks=2");

    assertThat(json.status()).as(json.err()).isZero();
    JsonTree result = JsonTree.parse(json.out());
    assertThat(result.member("context").value()).isEqualTo(64L);
    JsonTree divergence = result.member("kl_divergence");
    assertThat(divergence.member("mean").number()).isBetween(1e-4, 1e-1);
    assertThat(divergence.member("p99").number())
        .isBetween(divergence.member("median").number(), divergence.member("maximum").number());
    assertThat(result.member("base").member("value").number()).isBetween(1.0, 100.0);
    assertThat(result.member("same_top").member("value").number()).isBetween(0.5, 1.0);
    assertThat(text.out())
        .startsWith("62 predictions in 2 chunks of 64 tokens")
        .containsPattern("(?m)^mean KL divergence +0\\.0\\d+ ± 0\\.\\d+ nats$")
        .containsPattern("(?m)^same most likely token +\\d+\\.\\d+ ± \\d+\\.\\d+ %$")
        .containsPattern("(?m)^99\\.9 % ");
  }

  @Test
  void bench_measuresBothTests() {
    CommandRun run =
        CommandRun.of(
            "bench",
            quantized,
            "--prompt-tokens=8",
            "--generate-tokens=4",
            "--repetitions=2",
            "--warmup-seconds=0",
            "--threads=1",
            "--json");

    assertThat(run.status()).as(run.err()).isZero();
    List<JsonTree> tests = JsonTree.parse(run.out()).elements();
    assertThat(tests).hasSize(2);
    JsonTree prompt = tests.getFirst();
    assertThat(prompt.member("n_prompt").value()).isEqualTo(8L);
    assertThat(prompt.member("n_threads").value()).isEqualTo(1L);
    assertThat(prompt.member("model_n_params").value()).isEqualTo(5_770_496L);
    assertThat(prompt.member("samples_ns").elements()).hasSize(2);
    assertThat(prompt.member("avg_ts").number()).isPositive();
  }

  @Test
  void inspect_showsMetadataAndTensors() {
    CommandRun text = CommandRun.of("inspect", quantized);
    CommandRun json = CommandRun.of("inspect", MODEL, "--json");

    assertThat(text.out())
        .startsWith(quantized + ": gguf, 5,770,496 parameters, ")
        .containsPattern("(?m)^  layer_count +6$")
        .containsPattern("(?m)^token_embd.weight +Q6_K +\\[4096, 256] ");
    JsonTree facts = JsonTree.parse(json.out());
    assertThat(facts.member("model").member("kv_head_count").value()).isEqualTo(4L);
    assertThat(facts.member("tokenizer").member("entries").value()).isEqualTo(4096L);
    assertThat(facts.member("tensors").elements()).hasSize(56);
  }

  @Test
  void doctor_namesEveryBackend() {
    CommandRun text = CommandRun.of("doctor", "--no-bandwidth");
    CommandRun json = CommandRun.of("doctor", "--json");

    assertThat(text.out()).contains(Runtime.version().toString()).containsPattern("(?m)^  scalar ");
    assertThat(text.out()).containsPattern("(?m)^  huge_pages +(always|madvise|never|unknown)$");
    JsonTree facts = JsonTree.parse(json.out());
    assertThat(facts.member("read_bandwidth").elements()).isNotEmpty();
    assertThat(facts.member("backends").elements())
        .extracting(backend -> backend.member("name").value())
        .contains("scalar");
  }
}
