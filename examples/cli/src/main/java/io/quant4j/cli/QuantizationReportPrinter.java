package io.quant4j.cli;

import io.quant4j.api.QuantizationPreview;
import io.quant4j.api.QuantizationPreview.TensorPreview;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizationReport.OutputFile;
import io.quant4j.api.QuantizationReport.TensorReport;
import io.quant4j.api.tensor.FormatId;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Shows what became, or would become, of a model's tensors. */
final class QuantizationReportPrinter {
  private static final int NAMES_SHOWN = 10;

  private QuantizationReportPrinter() {}

  /** Prints a summary by format and what the recipe could not do. */
  static void print(QuantizationReport report, PrintWriter out) {
    out.println(
        Text.format(
            "%s: %s, %s of %s, %s",
            Text.printable(report.target().toString()),
            report.fileType(),
            Text.bytes(report.fileBytes()),
            Text.bytes(report.sourceBytes()),
            Text.duration(report.elapsed())));
    out.println();
    Table table = new Table("format", ">tensors", ">elements", ">size", ">bits/weight", ">rmse");
    byFormat(report)
        .forEach((format, tensors) -> table.row(row(format.name(), part(report, tensors))));
    table.row(row("all", report)).print(out);
    report.tensors().stream()
        .filter(TensorReport::fallback)
        .forEach(tensor ->
            out.println(
                Text.format(
                    "%s %s does not fit the recipe's format; it became %s.",
                    Text.printable(tensor.name()), tensor.shape(), tensor.targetFormat())));
    printFiles(report.files(), out);
    printMissing(report.withoutImportance(), out);
    out.flush();
  }

  /** Names the files of a split set. */
  private static void printFiles(List<OutputFile> files, PrintWriter out) {
    if (files.size() > 1) {
      files.forEach(file ->
          out.println(Text.printable(file.path().toString()) + "  " + Text.bytes(file.bytes())));
    }
  }

  private static String some(List<String> names) {
    int shown = Math.min(names.size(), NAMES_SHOWN);
    String text = Text.printable(String.join(", ", names.subList(0, shown)));
    return shown == names.size() ? text : text + " and " + (names.size() - shown) + " more";
  }

  private static void printMissing(List<String> names, PrintWriter out) {
    if (!names.isEmpty()) {
      out.println("The importance matrix has no entry for " + some(names) + ".");
    }
  }

  /** Prints what would become of every tensor, and how large the files would be. */
  static void print(QuantizationPreview preview, PrintWriter out) {
    Table table = new Table("tensor", "shape", "from", "to", ">size", ">bits/weight");
    for (TensorPreview tensor : preview.tensors()) {
      table.row(
          Text.printable(tensor.name()),
          tensor.shape().toString(),
          tensor.sourceFormat().name(),
          tensor.targetFormat().name() + (tensor.fallback() ? " (fallback)" : ""),
          Text.bytes(tensor.targetBytes()),
          Text.format("%.3f", tensor.bitsPerWeight()));
    }
    table.print(out);
    out.println();
    preview
        .files()
        .forEach(file ->
            out.println(
                Text.printable(file.path().toString())
                    + "  "
                    + Text.count(file.bytes())
                    + " bytes"));
    out.println(
        Text.format(
            "%s: tensors of %s become %s, %.3f bits per weight; nothing was written.",
            preview.fileType(),
            Text.bytes(preview.sourceBytes()),
            Text.bytes(preview.targetBytes()),
            preview.bitsPerWeight()));
    printMissing(preview.withoutImportance(), out);
    if (!preview.needingImportance().isEmpty()) {
      out.println(
          "It would be refused: without importance, the formats of these are useless: "
              + some(preview.needingImportance())
              + ".");
    }
    out.flush();
  }

  private static Map<FormatId, List<TensorReport>> byFormat(QuantizationReport report) {
    return report.tensors().stream()
        .collect(
            Collectors.groupingBy(
                TensorReport::targetFormat, LinkedHashMap::new, Collectors.toList()));
  }

  /**
   * The same report about some of its tensors, so that sums and errors are computed in one place.
   */
  private static QuantizationReport part(QuantizationReport report, List<TensorReport> tensors) {
    return new QuantizationReport(
        report.target(),
        report.fileType(),
        tensors,
        report.files(),
        report.withoutImportance(),
        report.elapsed());
  }

  private static String[] row(String name, QuantizationReport part) {
    return new String[] {
      name,
      Text.count(part.tensors().size()),
      Text.count(part.elements()),
      Text.bytes(part.targetBytes()),
      Text.format("%.3f", part.bitsPerWeight()),
      Text.format("%.6f", part.rmse())
    };
  }

  /** Everything that the report says. */
  static Json.Members json(QuantizationReport report) {
    return Json.object()
        .with("target", report.target().toString())
        .with("file_type", report.fileType())
        .with("files", files(report.files()))
        .with("file_bytes", report.fileBytes())
        .with("source_bytes", report.sourceBytes())
        .with("target_bytes", report.targetBytes())
        .with("elements", report.elements())
        .with("bits_per_weight", report.bitsPerWeight())
        .with("rmse", report.rmse())
        .with("seconds", Text.seconds(report.elapsed()))
        .with("without_importance", report.withoutImportance())
        .with("tensors", report.tensors().stream().map(QuantizationReportPrinter::json).toList());
  }

  /** Everything that the preview says. */
  static Json.Members json(QuantizationPreview preview) {
    return Json.object()
        .with("file_type", preview.fileType())
        .with("files", files(preview.files()))
        .with("file_bytes", preview.fileBytes())
        .with("source_bytes", preview.sourceBytes())
        .with("target_bytes", preview.targetBytes())
        .with("elements", preview.elements())
        .with("bits_per_weight", preview.bitsPerWeight())
        .with("without_importance", preview.withoutImportance())
        .with("needing_importance", preview.needingImportance())
        .with("tensors", preview.tensors().stream().map(QuantizationReportPrinter::json).toList());
  }

  private static List<Json.Members> files(List<OutputFile> files) {
    return files.stream()
        .map(f -> Json.object().with("path", f.path().toString()).with("bytes", f.bytes()))
        .toList();
  }

  private static Json.Members json(TensorPreview tensor) {
    return Json.object()
        .with("name", tensor.name())
        .with("shape", tensor.shape().sizes())
        .with("source_format", tensor.sourceFormat().name())
        .with("target_format", tensor.targetFormat().name())
        .with("fallback", tensor.fallback())
        .with("source_bytes", tensor.sourceBytes())
        .with("target_bytes", tensor.targetBytes())
        .with("bits_per_weight", tensor.bitsPerWeight());
  }

  private static Json.Members json(TensorReport tensor) {
    return Json.object()
        .with("name", tensor.name())
        .with("shape", tensor.shape().sizes())
        .with("source_format", tensor.sourceFormat().name())
        .with("target_format", tensor.targetFormat().name())
        .with("fallback", tensor.fallback())
        .with("source_bytes", tensor.sourceBytes())
        .with("target_bytes", tensor.targetBytes())
        .with("bits_per_weight", tensor.bitsPerWeight())
        .with("rmse", tensor.rmse())
        .with("cpu_seconds", Text.seconds(tensor.cpuTime()));
  }
}
