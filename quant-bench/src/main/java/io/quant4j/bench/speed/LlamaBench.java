package io.quant4j.bench.speed;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** llama-bench of llama.cpp, with its own warm-up and its own clock. */
public final class LlamaBench implements Contestant {
  private final Path program;

  public LlamaBench(Path program) {
    this.program = program;
  }

  @Override
  public String name() {
    return "llama.cpp";
  }

  @Override
  public boolean runs(String fileType, Workload workload) {
    return true;
  }

  @Override
  public List<String> command(Path model, Workload workload, int threads, Effort effort) {
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--model",
                model.toString(),
                "--threads",
                String.valueOf(threads),
                "--n-prompt",
                String.valueOf(workload.prompt()),
                "--n-gen",
                String.valueOf(workload.generate()),
                "--n-depth",
                String.valueOf(workload.depth()),
                "--repetitions",
                String.valueOf(workload.fresh() ? 1 : effort.samples()),
                "--output",
                "jsonl"));
    if (workload.fresh()) {
      command.add("--no-warmup");
    }
    return command;
  }

  @Override
  public List<Double> tokensPerSecond(Workload workload, String output) {
    return output
        .lines()
        .filter(line -> line.startsWith("{"))
        .map(Json::readObject)
        .filter(test -> isOf(workload, test))
        .map(test -> Json.numbers(test, "samples_ts"))
        .filter(samples -> !samples.isEmpty())
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException("no samples of " + workload.label() + ": " + output));
  }

  private static boolean isOf(Workload workload, Map<String, Object> test) {
    return test.get("n_prompt") instanceof Double prompt
        && prompt == workload.prompt()
        && test.get("n_gen") instanceof Double generated
        && generated == workload.generate();
  }
}
