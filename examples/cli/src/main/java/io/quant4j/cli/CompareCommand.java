package io.quant4j.cli;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.Divergence;
import io.quant4j.api.Model;
import io.quant4j.api.PerplexityOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quant4j compare}: the figures of {@code llama-perplexity --kl-divergence}. */
@Command(
    name = "compare",
    description =
        "Measures how far a quantized model's predictions of a text are from the base model's.")
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class CompareCommand implements Callable<Integer> {
  @ParentCommand private Quant4jCommand root;
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "BASE",
      description = "GGUF file or Hugging Face directory of the model before quantization.")
  private Path base;

  @Parameters(
      index = "1",
      paramLabel = "QUANTIZED",
      description = "The model after it, of the same vocabulary.")
  private Path quantized;

  @Mixin private LoadingOptions loading;
  @Mixin private WindowOptions windows;

  @Option(names = "--json", description = "Prints the result as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    CancellationToken cancellation = new CancellationToken();
    String text = windows.text();
    PrintWriter out = spec.commandLine().getOut();
    try (Interruption.Stretch _ = root.interruption().during(cancellation::cancel);
        Model before = loading.load(base);
        Model after = loading.load(quantized);
        ProgressLine progress = ProgressLine.on(spec.commandLine().getErr())) {
      PerplexityOptions options = windows.options(progress, cancellation);
      Divergence measured = before.compare(after, text, options);
      DivergencePrinter printer = new DivergencePrinter(measured, options.context());
      if (json) {
        Json.print(out, printer.json());
      } else {
        printer.print(out);
      }
    }
    return ExitStatus.OK;
  }
}
