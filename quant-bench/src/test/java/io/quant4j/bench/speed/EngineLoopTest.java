package io.quant4j.bench.speed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the loop asks of an engine. */
class EngineLoopTest {
  private final List<String> calls = new ArrayList<>();

  /** Writes down what it is told. */
  private final class Recorder implements Engine {
    Recorder(int threads, int context) {
      calls.add("open " + threads + " " + context);
    }

    @Override
    public void prompt(int tokens) {
      calls.add("prompt " + tokens);
    }

    @Override
    public void generate(int tokens) {
      calls.add("generate " + tokens);
    }

    @Override
    public void reset() {
      calls.add("reset");
    }

    @Override
    public void close() {
      calls.add("close");
    }
  }

  private String run(Workload workload, int samples) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Effort effort = new Effort(samples, 0);
    String[] arguments =
        EngineLoop.arguments(Path.of("m"), workload, 2, effort).toArray(String[]::new);
    try (PrintStream printer = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      EngineLoop.run(arguments, (_, threads, context) -> new Recorder(threads, context), printer);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void prompt_isReadOnceBeforeItIsTimed() throws Exception {
    assertThat(EngineLoop.parse(run(Workload.PROMPT_128, 2))).hasSize(2);
    assertThat(calls)
        .containsExactly("open 2 128", "prompt 128", "prompt 128", "prompt 128", "close");
  }

  @Test
  void generation_beginsInAnEmptyContext() throws Exception {
    assertThat(EngineLoop.parse(run(Workload.GENERATION, 1))).hasSize(1);
    assertThat(calls)
        .containsExactly("open 2 80", "reset", "generate 32", "reset", "generate 32", "close");
  }

  @Test
  void longContext_isFilledOnce_andFits() throws Exception {
    assertThat(EngineLoop.parse(run(Workload.LONG_CONTEXT, 2))).hasSize(2);
    assertThat(calls)
        .containsExactly(
            "open 2 4208", "prompt 4096", "generate 32", "generate 32", "generate 32", "close");
  }

  @Test
  void firstTokens_areNotWarmedUp() throws Exception {
    assertThat(EngineLoop.parse(run(Workload.COLD, 3))).hasSize(1);
    assertThat(run(Workload.FIRST_TOKEN, 3)).isEmpty();
    assertThat(calls)
        .containsExactly(
            "open 2 144", "prompt 16", "generate 32", "close", "open 2 16", "prompt 16", "close");
  }
}
