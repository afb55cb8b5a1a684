package io.quant4j.cli;

import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What the models of a command run on. */
final class LoadingOptions {
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

  @Option(
      names = "--exact-prompts",
      description = "Read prompts with the precision of floats, however long they are.")
  private boolean exactPrompts;

  /** Loads a model; the library's log says so if a faster backend could not be used. */
  Model load(Path path) {
    LoadOptions options = LoadOptions.defaults();
    options = threads.map(options::withThreads).orElse(options);
    options = backend.map(options::withBackend).orElse(options);
    options = prefillBatch.map(options::withPrefillBatch).orElse(options);
    return Model.load(path, options.withExactPrompts(exactPrompts));
  }
}
