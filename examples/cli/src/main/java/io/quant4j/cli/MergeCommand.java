package io.quant4j.cli;

import io.quant4j.api.Quantizer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quant4j merge}. */
@Command(
    name = "merge",
    description = "Makes one GGUF file of a split set, without changing a tensor.")
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class MergeCommand implements Callable<Integer> {
  @ParentCommand private Quant4jCommand root;
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "FIRST_FILE",
      description = "First file of the set, NAME-00001-of-00002.gguf; the others lie beside it.")
  private Path source;

  @Parameters(index = "1", paramLabel = "TARGET", description = "File to write: NAME.gguf.")
  private Path target;

  @Mixin private QuantizerRun run;

  @Override
  public Integer call() {
    Quantizer.Builder builder = Quantizer.builder().source(source).target(target).fileType("COPY");
    return run.execute(builder, root, spec);
  }
}
