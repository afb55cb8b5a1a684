package io.quant4j.cli;

import io.quant4j.api.BackendReport;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.Quant4J;
import io.quant4j.api.spi.Availability;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The model that a command runs, and what it runs on. */
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class ModelOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Parameters(paramLabel = "MODEL", description = "GGUF file or Hugging Face directory.")
  private Path path;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute; all processors if not given.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "Kernel backend, which must then work ('quant4j doctor' lists them).")
  private Optional<String> backend = Optional.empty();

  @Option(
      names = "--prefill-batch",
      paramLabel = "N",
      description = "Most prompt tokens processed at once; 128 if not given.")
  private Optional<Integer> prefillBatch = Optional.empty();

  Path path() {
    return path;
  }

  /** Loads the model; says so on standard error if a faster backend could not be used. */
  Model load() {
    LoadOptions options = LoadOptions.defaults();
    options = threads.map(options::withThreads).orElse(options);
    options = backend.map(options::withBackend).orElse(options);
    options = prefillBatch.map(options::withPrefillBatch).orElse(options);
    Model model = Model.load(path, options);
    if (backend.isEmpty()) {
      PrintWriter err = command.commandLine().getErr();
      slowerThanNeeded(model.backend(), Quant4J.backends())
          .ifPresent(notice -> Failures.print(err, notice));
    }
    return model;
  }

  /**
   * What to say when only the reference backend was left to choose: what would be faster and why it
   * is not in use.
   */
  static Optional<String> slowerThanNeeded(String chosen, List<BackendReport> backends) {
    boolean slow =
        backends.stream().anyMatch(backend -> backend.name().equals(chosen) && backend.rank() == 0);
    if (!slow) {
      return Optional.empty();
    }
    return backends.stream()
        .flatMap(backend -> refusal(backend).stream())
        .reduce((first, second) -> first + " " + second)
        .map(refusals -> "running on the slow backend '" + chosen + "'. " + refusals);
  }

  private static Optional<String> refusal(BackendReport backend) {
    return switch (backend.availability()) {
      case Availability.Unusable(String reason, String remedy) ->
          Optional.of("'" + backend.name() + "' is unusable: " + reason + ". " + remedy);
      case Availability.Usable _ -> Optional.empty();
    };
  }
}
