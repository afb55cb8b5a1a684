package io.quant4j.bench.report;

import io.quant4j.api.WeightMemory;
import io.quant4j.bench.SyntheticModel;
import io.quant4j.bench.speed.Contestant;
import io.quant4j.bench.speed.Effort;
import io.quant4j.bench.speed.Jlama;
import io.quant4j.bench.speed.Kherud;
import io.quant4j.bench.speed.Llama3Java;
import io.quant4j.bench.speed.LlamaBench;
import io.quant4j.bench.speed.Quant4jContestant;
import io.quant4j.bench.speed.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is measured, and how long.
 *
 * @param cache directory of the models, the log of runs and compiled drivers
 * @param output directory of the report's files
 * @param shape of the synthetic model
 * @param fileTypes as llama.cpp spells them
 * @param workloads in the order in which they are measured
 * @param threads numbers of threads
 * @param rounds how often each program is started for each measurement
 * @param attempts how often a run is made at most while other processes disturb it
 * @param effort of each process
 * @param minutes after which no measurement is begun
 * @param resume whether runs in the log count
 * @param contestants ours first
 */
record SpeedOptions(
    Path cache,
    Path output,
    SyntheticModel.Shape shape,
    List<String> fileTypes,
    List<Workload> workloads,
    List<Integer> threads,
    int rounds,
    int attempts,
    Effort effort,
    double minutes,
    boolean resume,
    List<Contestant> contestants) {

  private static final String RESUME = "resume";
  private static final Set<String> NAMES =
      Set.of(
          "cache",
          "output",
          "shape",
          "formats",
          "tests",
          "threads",
          "rounds",
          "attempts",
          "samples",
          "warmup-seconds",
          "minutes",
          "java-options",
          "weights",
          "llama-bench",
          "llama3-java",
          "jlama",
          "kherud");

  /**
   * Reads arguments of the form {@code --name value}, and {@code --resume}.
   *
   * @throws IllegalArgumentException saying what is wrong with them
   */
  static SpeedOptions parse(String... args) {
    Map<String, String> given = read(args);
    Path cache =
        path(given, "cache")
            .orElseThrow(() -> new IllegalArgumentException("--cache DIR is missing"));
    return new SpeedOptions(
        cache,
        path(given, "output").orElse(Path.of("docs")),
        SyntheticModel.Shape.valueOf(given.getOrDefault("shape", "LLAMA_3_2_1B")),
        words(given.getOrDefault("formats", "F16,Q8_0,Q6_K,Q4_K_M,Q4_0")),
        words(given.getOrDefault("tests", String.join(",", Workload.labels()))).stream()
            .map(Workload::of)
            .toList(),
        words(given.getOrDefault("threads", defaultThreads())).stream()
            .map(Integer::valueOf)
            .toList(),
        Integer.parseInt(given.getOrDefault("rounds", "3")),
        Integer.parseInt(given.getOrDefault("attempts", "3")),
        new Effort(
            Integer.parseInt(given.getOrDefault("samples", "3")),
            Double.parseDouble(given.getOrDefault("warmup-seconds", "3"))),
        Double.parseDouble(given.getOrDefault("minutes", "1e9")),
        given.containsKey(RESUME),
        contestants(given, cache));
  }

  private static Map<String, String> read(String... args) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < args.length; i++) {
      String name = args[i].startsWith("--") ? args[i].substring(2) : args[i];
      if (name.equals(RESUME)) {
        given.put(name, "");
      } else if (NAMES.contains(name) && i + 1 < args.length) {
        given.put(name, args[++i]);
      } else {
        throw new IllegalArgumentException(
            "expected --resume or --name value with one of " + NAMES + ", not " + args[i]);
      }
    }
    return given;
  }

  private static String defaultThreads() {
    int processors = Runtime.getRuntime().availableProcessors();
    return processors == 1 ? "1" : "1," + processors;
  }

  private static List<String> words(String list) {
    return Stream.of(list.split(",")).map(String::strip).toList();
  }

  private static Optional<Path> path(Map<String, String> given, String name) {
    return Optional.ofNullable(given.get(name)).map(Path::of);
  }

  private static List<Contestant> contestants(Map<String, String> given, Path cache) {
    String javaOptions = given.getOrDefault("java-options", "").strip();
    List<String> ourOptions =
        javaOptions.isEmpty() ? List.of() : List.of(javaOptions.split("\\s+"));
    List<Contestant> all = new ArrayList<>();
    for (String weights : words(given.getOrDefault("weights", "mapped"))) {
      WeightMemory memory = WeightMemory.valueOf(weights.toUpperCase(Locale.ROOT));
      all.add(new Quant4jContestant(memory, ourOptions));
    }
    path(given, "llama-bench").map(LlamaBench::new).ifPresent(all::add);
    Optional.ofNullable(given.get("llama3-java"))
        .map(classPath -> new Llama3Java(classPath, cache))
        .ifPresent(all::add);
    Optional.ofNullable(given.get("jlama"))
        .map(classPath -> new Jlama(classPath, cache))
        .ifPresent(all::add);
    Optional.ofNullable(given.get("kherud"))
        .map(classPath -> new Kherud(classPath, cache))
        .ifPresent(all::add);
    return all;
  }
}
