package io.quant4j.cli;

import io.quant4j.api.Quantizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The importance matrix, and for which weights it counts. */
final class ImportanceOptions {
  @Option(
      names = "--imatrix",
      paramLabel = "FILE",
      description = "Importance matrix: weights the error of each column.")
  private Optional<Path> matrix = Optional.empty();

  @Option(
      names = "--include-weights",
      paramLabel = "NAME",
      description =
          "Uses the importance matrix only for weights whose name contains this. May be repeated.")
  private List<String> included = List.of();

  @Option(
      names = "--exclude-weights",
      paramLabel = "NAME",
      description =
          "Does not use it for weights whose name contains this. May be repeated; not together "
              + "with --include-weights.")
  private List<String> excluded = List.of();

  void apply(Quantizer.Builder builder) {
    matrix.ifPresent(builder::importanceMatrix);
    included.forEach(builder::includeWeights);
    excluded.forEach(builder::excludeWeights);
  }
}
