package io.quant4j.bench.report;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is measured.
 *
 * @param model the unquantized model
 * @param text what it predicts
 * @param importance importance matrix, if figures with one are wanted
 * @param calibration text to make an importance matrix from, if there is none yet
 * @param upstream figures of llama.cpp for the same model, text and windows, if there are any
 * @param output directory of the two files
 * @param context tokens of a window
 * @param chunks most windows
 */
record ReportOptions(
    Path model,
    Path text,
    Optional<Path> importance,
    Optional<Path> calibration,
    Optional<Path> upstream,
    Path output,
    int context,
    int chunks) {

  private static final String MODEL = "examples/quickstart/models/tiny-novels";
  private static final String UPSTREAM = "quant-bench/upstream/tiny-novels.csv";
  private static final Set<String> NAMES =
      Set.of(
          "model", "text", "importance", "calibration", "upstream", "output", "context", "chunks");

  /** Where importance comes from, in words. */
  Optional<String> importanceSource() {
    return importance
        .map(file -> "importance matrix " + file.getFileName())
        .or(() -> calibration.map(file -> "importance from " + file.getFileName()));
  }

  /**
   * Reads arguments of the form {@code --name value}.
   *
   * @throws IllegalArgumentException saying what is wrong with them
   */
  static ReportOptions parse(String... args) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      String name = args[i].startsWith("--") ? args[i].substring(2) : args[i];
      if (!NAMES.contains(name) || i + 1 == args.length) {
        throw new IllegalArgumentException("expected --name value with one of " + NAMES);
      }
      given.put(name, args[i + 1]);
    }
    Optional<String> text = Optional.ofNullable(given.get("text"));
    Optional<String> own = Optional.ofNullable(given.get("model"));
    return new ReportOptions(
        Path.of(own.orElse(MODEL)),
        Path.of(text.orElseThrow(() -> new IllegalArgumentException("--text FILE is missing"))),
        Optional.ofNullable(given.get("importance")).map(Path::of),
        Optional.ofNullable(given.get("calibration")).map(Path::of),
        // The stored figures are about the default model only.
        Optional.ofNullable(given.get("upstream"))
            .or(() -> own.isPresent() ? Optional.empty() : Optional.of(UPSTREAM))
            .map(Path::of),
        Path.of(given.getOrDefault("output", "docs")),
        Integer.parseInt(given.getOrDefault("context", "256")),
        Integer.parseInt(given.getOrDefault("chunks", "40")));
  }
}
