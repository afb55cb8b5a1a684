package io.quant4j.api;

import io.quant4j.api.ImportanceUse.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The use of an importance matrix in the making. */
final class ImportanceDraft {
  private @Nullable Source source;
  private final List<String> included = new ArrayList<>();
  private final List<String> excluded = new ArrayList<>();

  void source(Source value) {
    source = Options.once("importanceMatrix", source, value);
  }

  void include(String part) {
    included.add(part);
  }

  void exclude(String part) {
    excluded.add(part);
  }

  Optional<ImportanceUse> build() {
    if (!included.isEmpty() && !excluded.isEmpty()) {
      throw Options.invalid(
          "includeWeights", "is set together with excludeWeights", "Keep one of the two.");
    }
    if (source == null) {
      if (!included.isEmpty() || !excluded.isEmpty()) {
        throw Options.invalid(
            included.isEmpty() ? "excludeWeights" : "includeWeights",
            "is set without importanceMatrix",
            "Set importanceMatrix, or leave this out.");
      }
      return Optional.empty();
    }
    return Optional.of(new ImportanceUse(source, included, excluded));
  }
}
