package io.quant4j.cli;

import io.quant4j.api.CheckpointCheck;
import io.quant4j.api.Quant4J;
import io.quant4j.api.spi.Checkpoint;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quant4j inspect}. */
@Command(name = "inspect", description = "Shows a model's metadata and tensors without running it.")
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "GGUF file or Hugging Face directory.")
  private Path path;

  @Option(names = "--no-tensors", description = "Leaves out the list of tensors.")
  private boolean noTensors;

  @Option(
      names = "--check",
      description = "Reads all tensors and fails if a block has a scale that is not finite.")
  private boolean check;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of --check; all processors if not given.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "Kernel backend that must be usable; what is shown does not depend on it.")
  private Optional<String> backend = Optional.empty();

  @Option(names = "--json", description = "Prints everything as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    backend.ifPresent(NamedBackend::requireUsable);
    int workers = threads.orElse(Runtime.getRuntime().availableProcessors());
    if (workers < 1) {
      throw new ParameterException(
          spec.commandLine(), "--threads must be at least 1, not " + workers);
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Checkpoint checkpoint = Quant4J.open(path)) {
      Optional<CheckpointCheck> checked =
          check ? Optional.of(Quant4J.check(checkpoint, workers)) : Optional.empty();
      CheckpointPrinter printer = new CheckpointPrinter(checkpoint, !noTensors, checked);
      if (json) {
        Json.print(out, printer.json());
      } else {
        printer.print(out);
      }
      boolean sound = checked.map(CheckpointCheck::sound).orElse(true);
      return sound ? ExitStatus.OK : ExitStatus.FAILURE;
    }
  }
}
