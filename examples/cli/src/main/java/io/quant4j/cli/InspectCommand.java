package io.quant4j.cli;

import io.quant4j.api.Quant4J;
import io.quant4j.api.spi.Checkpoint;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

  @Option(names = "--json", description = "Prints everything as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (Checkpoint checkpoint = Quant4J.open(path)) {
      CheckpointPrinter printer = new CheckpointPrinter(checkpoint, !noTensors);
      if (json) {
        Json.print(out, printer.json());
      } else {
        printer.print(out);
      }
    }
    return ExitStatus.OK;
  }
}
