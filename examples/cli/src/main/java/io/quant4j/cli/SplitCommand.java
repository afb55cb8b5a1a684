package io.quant4j.cli;

import io.quant4j.api.Quantizer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quant4j split}. */
@Command(
    name = "split",
    description = "Splits a GGUF file into several, without changing a tensor.")
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class SplitCommand implements Callable<Integer> {
  @ParentCommand private Quant4jCommand root;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "SOURCE", description = "GGUF file, or the first of a set.")
  private Path source;

  @Parameters(
      index = "1",
      paramLabel = "TARGET_PREFIX",
      description = "Names the files: TARGET_PREFIX-00001-of-00002.gguf and so on.")
  private String prefix;

  @Mixin private SplitOptions split;
  @Mixin private QuantizerRun run;

  @Override
  public Integer call() {
    if (!split.given()) {
      throw new ParameterException(
          spec.commandLine(), "either --max-tensors or --max-size is needed");
    }
    Path target = Path.of(prefix.endsWith(".gguf") ? prefix : prefix + ".gguf");
    Quantizer.Builder builder = Quantizer.builder().source(source).target(target).fileType("COPY");
    split.apply(builder);
    return run.execute(builder, root, spec);
  }
}
