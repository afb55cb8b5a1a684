package io.quant4j.api;

import java.nio.file.Path;
import java.util.List;

/**
 * An importance matrix and for which weights it counts.
 *
 * @param source where it comes from
 * @param included only weights whose name contains one of these count; all if empty
 * @param excluded weights whose name contains one of these do not count
 */
public record ImportanceUse(Source source, List<String> included, List<String> excluded) {

  public ImportanceUse {
    included = List.copyOf(included);
    excluded = List.copyOf(excluded);
  }

  /** For all weights. */
  public static ImportanceUse of(Source source) {
    return new ImportanceUse(source, List.of(), List.of());
  }

  /** Whether an entry of this name counts. */
  public boolean counts(String weight) {
    return (included.isEmpty() || included.stream().anyMatch(weight::contains))
        && excluded.stream().noneMatch(weight::contains);
  }

  /** Where an importance matrix comes from. */
  public sealed interface Source {

    /** A file in one of the installed {@link io.quant4j.api.spi.ImportanceMatrixFormat}s. */
    record File(Path path) implements Source {}

    /** A matrix made by the program itself. */
    record InMemory(ImportanceMatrix matrix) implements Source {}
  }
}
