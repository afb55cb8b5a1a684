package io.quant4j.cli;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.Model;
import io.quant4j.api.Perplexity;
import io.quant4j.api.PerplexityOptions;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quant4j perplexity}. */
@Command(
    name = "perplexity",
    description = "Measures how well a model predicts a text; lower is better.")
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class PerplexityCommand implements Callable<Integer> {
  @ParentCommand private Quant4jCommand root;
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions modelOptions;

  @Mixin private WindowOptions windows;

  @Option(names = "--json", description = "Prints the result as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    CancellationToken cancellation = new CancellationToken();
    String text = windows.text();
    PrintWriter out = spec.commandLine().getOut();
    try (Interruption.Stretch _ = root.interruption().during(cancellation::cancel);
        Model model = modelOptions.load();
        ProgressLine progress = ProgressLine.on(spec.commandLine().getErr())) {
      PerplexityOptions options = windows.options(progress, cancellation);
      Perplexity measured = model.perplexity(text, options);
      if (json) {
        Json.print(out, json(measured, options));
      } else {
        out.println(line(measured, options));
      }
    }
    return ExitStatus.OK;
  }

  /** The result as one line. */
  static String line(Perplexity measured, PerplexityOptions options) {
    return Text.format(
        "perplexity %.4f ± %.4f (%s predictions in %d chunks of %d tokens)",
        measured.value(),
        measured.uncertainty(),
        Text.count(measured.predictions()),
        measured.chunks(),
        options.context());
  }

  private static Json.Members json(Perplexity measured, PerplexityOptions options) {
    return Json.object()
        .with("perplexity", measured.value())
        .with("uncertainty", measured.uncertainty())
        .with("predictions", measured.predictions())
        .with("chunks", measured.chunks())
        .with("context", options.context());
  }
}
