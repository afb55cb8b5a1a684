package io.quant4j.bench.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quant4j.api.WeightMemory;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the programs that are compared, and what they print. */
class ContestantsTest {
  private static final Effort EFFORT = new Effort(4, 0.5);
  private static final Path MODEL = Path.of("m.gguf");

  @TempDir private Path directory;

  @Test
  void llamaBench_isAskedForTheWorkload() {
    LlamaBench peer = new LlamaBench(Path.of("bin", "llama-bench"));

    assertThat(peer.command(MODEL, Workload.LONG_CONTEXT, 3, EFFORT))
        .startsWith(Path.of("bin", "llama-bench").toString())
        .containsSequence("--model", "m.gguf", "--threads", "3", "--n-prompt", "0")
        .containsSequence("--n-gen", "32", "--n-depth", "4096", "--repetitions", "4")
        .doesNotContain("--no-warmup");
    assertThat(peer.command(MODEL, Workload.COLD, 1, EFFORT))
        .containsSequence("--repetitions", "1")
        .contains("--no-warmup");
  }

  @Test
  void llamaBenchOutput_hasTheSamplesOfItsTest() {
    String output =
        """
        a line of some library
        {"model_size": 770, "n_prompt": 128, "n_gen": 0, "avg_ts": 1.5, "samples_ts": [ 1, 2 ]}
        {"use_mmap": true, "n_prompt": 0, "n_gen": 32, "n_depth": 0, "gpu_info": null, \
        "samples_ns": [ 800000000, 1000000000 ],"samples_ts": [ 40.0, 32 ]}
        """;
    LlamaBench peer = new LlamaBench(Path.of("llama-bench"));

    assertThat(peer.tokensPerSecond(Workload.GENERATION, output)).containsExactly(40.0, 32.0);
    assertThat(peer.tokensPerSecond(Workload.PROMPT_128, output)).containsExactly(1.0, 2.0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> peer.tokensPerSecond(Workload.PROMPT_512, output))
        .withMessageContaining("pp512");
  }

  @Test
  void ownOutput_hasTheSamples() {
    Quant4jContestant ours = new Quant4jContestant(WeightMemory.MAPPED, List.of());

    assertThat(
            ours.tokensPerSecond(
                Workload.COLD, "hello\ntokens/s 12.5000\r\nWARN x\ntokens/s 13.0000\n"))
        .containsExactly(12.5, 13.0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ours.tokensPerSecond(Workload.COLD, "12.5 tokens/s"));
  }

  @Test
  void ownProgram_withCopiedWeights_hasANameOfItsOwn() {
    assertThat(new Quant4jContestant(WeightMemory.MAPPED, List.of()).name()).isEqualTo("quant4j");
    assertThat(new Quant4jContestant(WeightMemory.COPIED, List.of()).name())
        .isEqualTo("quant4j --no-mmap");
  }

  @Test
  void ownProcess_getsTheVectorModuleAndTheUsersOptions() {
    List<String> command =
        new Quant4jContestant(WeightMemory.COPIED, List.of("-Xmx1g"))
            .command(MODEL, Workload.PROMPT_512, 2, EFFORT);

    assertThat(command)
        .contains("--add-modules=jdk.incubator.vector", "-Xmx1g", "-Dquant4j.bench.weights=COPIED")
        .endsWith("m.gguf", "pp512", "2", "4", "0.5");
  }

  /** Classes with the names and signatures of the library that the engine is written for. */
  private static final Map<String, String> STAND_IN =
      Map.of(
          "LlamaModel",
          """
          package de.kherud.llama;
          public class LlamaModel {
            public LlamaModel(ModelParameters p) {}
            public String complete(InferenceParameters p) { return ""; }
            public void close() {}
          }
          """,
          "ModelParameters",
          """
          package de.kherud.llama;
          public class ModelParameters {
            public ModelParameters setModel(String path) { return this; }
            public ModelParameters setThreads(int n) { return this; }
            public ModelParameters setThreadsBatch(int n) { return this; }
            public ModelParameters setGpuLayers(int n) { return this; }
            public ModelParameters skipWarmup() { return this; }
            public ModelParameters setCtxSize(int n) { return this; }
          }
          """,
          "InferenceParameters",
          """
          package de.kherud.llama;
          public class InferenceParameters {
            public InferenceParameters(String prompt) {}
            public InferenceParameters setCachePrompt(boolean b) { return this; }
            public InferenceParameters setNPredict(int n) { return this; }
            public InferenceParameters setIgnoreEos(boolean b) { return this; }
            public InferenceParameters setTemperature(float t) { return this; }
          }
          """);

  @Test
  void engineOfALibrary_isCompiledAgainstIt_andRuns() throws Exception {
    Path classes = Files.createDirectories(directory.resolve("classes"));
    List<String> arguments = new ArrayList<>(List.of("-d", classes.toString()));
    for (Map.Entry<String, String> source : STAND_IN.entrySet()) {
      Path file = directory.resolve(source.getKey() + ".java");
      arguments.add(Files.writeString(file, source.getValue()).toString());
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new))).isZero();
    Kherud peer = new Kherud(classes.toString(), directory);

    List<String> command = peer.command(MODEL, Workload.GENERATION, 2, EFFORT);
    MeasuredProcess process = MeasuredProcess.run(command, directory);

    assertThat(peer.tokensPerSecond(Workload.GENERATION, process.output())).hasSize(4);
  }

  @Test
  void engineThatDoesNotFit_saysSo() {
    Llama3Java peer = new Llama3Java(directory.toString(), directory);

    assertThatIOException()
        .isThrownBy(() -> peer.command(MODEL, Workload.GENERATION, 2, EFFORT))
        .withMessageContaining("Llama3Engine does not compile");
  }

  @Test
  void enginesOfLibraries_areThere() throws IOException {
    for (String engine : List.of("Llama3Engine", "KherudEngine", "JlamaEngine")) {
      try (InputStream source = Contestant.class.getResourceAsStream(engine + ".java")) {
        assertThat(source).as(engine).isNotNull();
        assertThat(new String(source.readAllBytes(), StandardCharsets.UTF_8))
            .contains("final class " + engine + " implements Engine");
      }
    }
  }

  @Test
  void programsThatCannotRunEverything_sayWhat() {
    Llama3Java llama3 = new Llama3Java("x", directory);
    Jlama jlama = new Jlama("x" + File.pathSeparator + "y", directory);

    assertThat(llama3.runs("Q6_K", Workload.COLD)).isTrue();
    assertThat(llama3.runs("Q3_K_M", Workload.COLD)).isFalse();
    assertThat(jlama.runs("Q4_0", Workload.GENERATION)).isTrue();
    assertThat(jlama.runs("Q4_0", Workload.FIRST_TOKEN)).isFalse();
    assertThat(jlama.runs("Q8_0", Workload.GENERATION)).isFalse();
  }
}
