package io.quant4j.cli;

import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The model that a command runs, and what it runs on. */
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class ModelOptions {
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

  /** Loads the model; the library's log says so if a faster backend could not be used. */
  Model load() {
    LoadOptions options = LoadOptions.defaults();
    options = threads.map(options::withThreads).orElse(options);
    options = backend.map(options::withBackend).orElse(options);
    options = prefillBatch.map(options::withPrefillBatch).orElse(options);
    return Model.load(path, options);
  }
}
