package io.quant4j.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** What a command works with. */
final class WorkOptions {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that work; all processors if not given.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "Kernel backend, which must then work ('quant4j doctor' lists them).")
  private Optional<String> backend = Optional.empty();

  Optional<Integer> threads() {
    return threads;
  }

  Optional<String> backend() {
    return backend;
  }
}
