package io.quant4j.cli;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceStatistics;
import io.quant4j.api.ImportanceStatistics.LayerFigures;
import io.quant4j.api.ImportanceStatistics.TensorFigures;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;

/** Shows an importance matrix. */
final class ImportancePrinter {
  private ImportancePrinter() {}

  /**
   * Prints a summary.
   *
   * @param target where the matrix was written
   * @param figures whether those of every tensor and layer are wanted
   */
  static void print(
      ImportanceMatrix matrix, Optional<Path> target, boolean figures, PrintWriter out) {
    String name = target.map(path -> Text.printable(path.toString()) + ": ").orElse("");
    out.println(
        name
            + Text.format(
                "%s entries, %s windows of %s tokens",
                Text.count(matrix.entries().size()),
                Text.count(matrix.chunks()),
                Text.count(matrix.chunkTokens())));
    matrix.datasets().forEach(dataset -> out.println("  of " + Text.printable(dataset)));
    if (figures) {
      ImportanceStatistics statistics = matrix.statistics();
      out.println();
      printTensors(statistics, out);
      out.println();
      printLayers(statistics, out);
    }
    out.flush();
  }

  /** By kind, the most excited layer first. */
  private static void printTensors(ImportanceStatistics statistics, PrintWriter out) {
    Table table =
        new Table(
            ">layer",
            "tensor",
            ">sum",
            ">min",
            ">max",
            ">mean",
            ">sigma",
            ">active",
            ">columns",
            ">entropy",
            ">normalized",
            ">ZD",
            ">similarity");
    statistics.tensors().stream()
        .sorted(
            Comparator.comparing(TensorFigures::kind)
                .thenComparing(Comparator.comparingDouble(TensorFigures::sum).reversed()))
        .forEach(tensor -> table.row(row(tensor)));
    table.print(out);
  }

  private static String[] row(TensorFigures tensor) {
    return new String[] {
      tensor.layer().isPresent() ? Text.count(tensor.layer().getAsInt()) : "-",
      Text.printable(tensor.kind()),
      Text.format("%.2f", tensor.sum()),
      Text.format("%.4f", tensor.min()),
      Text.format("%.4f", tensor.max()),
      Text.format("%.2f", tensor.mean()),
      Text.format("%.2f", tensor.deviation()),
      Text.format("%.2f%%", 100 * tensor.active()),
      Text.count(tensor.columns()),
      Text.format("%.4f", tensor.entropy()),
      Text.format("%.2f%%", 100 * tensor.normalizedEntropy()),
      Text.format("%.2f%%", 100 * tensor.highShare()),
      Text.format("%.4f", tensor.similarity().orElse(0))
    };
  }

  private static void printLayers(ImportanceStatistics statistics, PrintWriter out) {
    Table table = new Table(">layer", ">sum", ">ZD", ">similarity");
    for (LayerFigures layer : statistics.layers()) {
      table.row(
          Text.count(layer.layer()),
          Text.format("%.2f", layer.sum()),
          Text.format("%.4f%%", 100 * layer.highShare()),
          Text.format("%.4f", layer.similarity()));
    }
    table.print(out);
  }

  /** The same as JSON. */
  static Json.Members json(ImportanceMatrix matrix, Optional<Path> target, boolean figures) {
    Json.Members members =
        Json.object()
            .withPresent("output", target.map(Path::toString))
            .with("datasets", matrix.datasets())
            .with("chunks", matrix.chunks())
            .with("chunk_tokens", matrix.chunkTokens())
            .with("entries", matrix.entries().size());
    if (figures) {
      ImportanceStatistics statistics = matrix.statistics();
      members
          .with("tensors", statistics.tensors().stream().map(ImportancePrinter::json).toList())
          .with("layers", statistics.layers().stream().map(ImportancePrinter::json).toList());
    }
    return members;
  }

  private static Json.Members json(TensorFigures tensor) {
    return Json.object()
        .with("name", tensor.name())
        .with("columns", tensor.columns())
        .with("sum", tensor.sum())
        .with("min", tensor.min())
        .with("max", tensor.max())
        .with("mean", tensor.mean())
        .with("deviation", tensor.deviation())
        .with("active", tensor.active())
        .with("entropy", tensor.entropy())
        .with("normalized_entropy", tensor.normalizedEntropy())
        .with("high_share", tensor.highShare())
        .with("similarity", tensor.similarity().orElse(0));
  }

  private static Json.Members json(LayerFigures layer) {
    return Json.object()
        .with("layer", layer.layer())
        .with("sum", layer.sum())
        .with("high_share", layer.highShare())
        .with("similarity", layer.similarity());
  }
}
