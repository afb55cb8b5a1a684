package io.quant4j.cli;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.QuantizationPreview;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.Quantizer;
import java.io.PrintWriter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How every command that writes a model does so and tells about it. */
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class QuantizerRun {
  @Mixin private WorkOptions work;

  @Option(
      names = "--dry-run",
      description = "Shows what would be written and how large it would be, and writes nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Prints the report of every tensor as JSON.")
  private boolean json;

  /** Does what was asked for, stoppable, and prints the report. */
  int execute(Quantizer.Builder builder, Quant4jCommand root, CommandSpec spec) {
    work.threads().ifPresent(builder::threads);
    work.backend().ifPresent(builder::backend);
    PrintWriter out = spec.commandLine().getOut();
    if (dryRun) {
      print(builder.build().plan(), out);
    } else {
      print(run(builder, root, spec), out);
    }
    return ExitStatus.OK;
  }

  private static QuantizationReport run(
      Quantizer.Builder builder, Quant4jCommand root, CommandSpec spec) {
    CancellationToken cancellation = new CancellationToken();
    try (Interruption.Stretch _ = root.interruption().during(cancellation::cancel);
        ProgressLine progress = ProgressLine.on(spec.commandLine().getErr())) {
      return builder.cancellation(cancellation).listener(progress).build().run();
    }
  }

  private void print(QuantizationPreview preview, PrintWriter out) {
    if (json) {
      Json.print(out, QuantizationReportPrinter.json(preview));
    } else {
      QuantizationReportPrinter.print(preview, out);
    }
  }

  private void print(QuantizationReport report, PrintWriter out) {
    if (json) {
      Json.print(out, QuantizationReportPrinter.json(report));
    } else {
      QuantizationReportPrinter.print(report, out);
    }
  }
}
