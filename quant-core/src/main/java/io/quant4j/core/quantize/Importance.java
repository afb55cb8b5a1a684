package io.quant4j.core.quantize;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.ImportanceUse;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.spi.ImportanceOrigin;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** The importance matrix of a run, as far as it counts. Immutable. */
final class Importance {
  private final Map<String, Entry> entries;
  private final Predicate<String> counts;
  private final Optional<Path> file;
  private final Optional<String> dataset;
  private final int chunks;

  private Importance(
      Map<String, Entry> entries,
      Predicate<String> counts,
      Optional<Path> file,
      Optional<String> dataset,
      int chunks) {
    this.entries = entries;
    this.counts = counts;
    this.file = file;
    this.dataset = dataset;
    this.chunks = chunks;
  }

  /** No importance matrix. */
  static Importance none() {
    return new Importance(Map.of(), name -> false, Optional.empty(), Optional.empty(), 0);
  }

  /**
   * Reads the matrix if it is in a file, and keeps the entries that count.
   *
   * @param reader of files
   * @throws MalformedModelException if an entry holds what no mean of squares can be
   */
  static Importance of(ImportanceUse use, Function<Path, ImportanceMatrix> reader) {
    ImportanceMatrix matrix;
    Optional<Path> file;
    switch (use.source()) {
      case ImportanceUse.Source.File(Path path) -> {
        matrix = reader.apply(path);
        file = Optional.of(path);
      }
      case ImportanceUse.Source.InMemory(ImportanceMatrix given) -> {
        matrix = given;
        file = Optional.empty();
      }
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    matrix
        .entries()
        .forEach((name, entry) -> {
          requireMeans(file, name, entry);
          if (use.counts(name)) {
            entries.put(name, entry);
          }
        });
    if (entries.isEmpty() && !use.included().isEmpty()) {
      throw new InvalidRequestException(
          file.map(ErrorLocation::of).orElseGet(ErrorLocation::none),
          "no entry of the importance matrix has a name with one of " + use.included(),
          "Include other weights, or all.");
    }
    return new Importance(
        entries, use::counts, file, matrix.datasets().stream().findFirst(), matrix.chunks());
  }

  private static void requireMeans(Optional<Path> file, String name, Entry entry) {
    requireMeans(file, name, entry.sums(), "sum");
    requireMeans(file, name, entry.counts(), "count");
  }

  private static void requireMeans(Optional<Path> file, String name, float[] values, String what) {
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= 0 && values[i] < Float.POSITIVE_INFINITY)) {
        throw new MalformedModelException(
            where(file, name),
            "the importance matrix has %s as %s %d of this weight".formatted(values[i], what, i),
            "Make the importance matrix again.");
      }
    }
  }

  private static ErrorLocation where(Optional<Path> file, String name) {
    return file.map(f -> ErrorLocation.of(f, name)).orElseGet(() -> ErrorLocation.subject(name));
  }

  /** Whether there is an entry at all. */
  boolean present() {
    return !entries.isEmpty();
  }

  /** Whether an entry for this matrix would be used. */
  boolean counts(NamedTensor tensor) {
    return counts.test(tensor.originalName());
  }

  /** Where it comes from; empty if there is no entry at all. */
  Optional<ImportanceOrigin> origin() {
    return present()
        ? Optional.of(
            new ImportanceOrigin(file.map(Path::toString), dataset, entries.size(), chunks))
        : Optional.empty();
  }

  /**
   * Refuses a matrix that knows none of a model's.
   *
   * @param matrices all of the model
   */
  void requireKnown(List<Matrix> matrices) {
    if (present() && matrices.stream().allMatch(m -> m.importance().isEmpty())) {
      throw new InvalidRequestException(
          file.map(ErrorLocation::of).orElseGet(ErrorLocation::none),
          "no entry of the importance matrix names a matrix of the model; one is "
              + entries.keySet().iterator().next(),
          "It was made for another model: make one for this model, or leave it out.");
    }
  }

  /**
   * What is known of a matrix. The embedding is looked up, not multiplied, so that activations say
   * nothing about it; an entry that does not fit it is no error, as upstream has it.
   *
   * @throws InvalidRequestException if the entry is of another size
   */
  Optional<ColumnWeights> find(NamedTensor tensor) {
    Entry entry = entries.get(tensor.originalName());
    if (entry == null) {
      return Optional.empty();
    }
    ColumnWeights weights = new ColumnWeights(entry, tensor.shape().matrices());
    if (entry.sums().length == tensor.shape().matrices() * tensor.shape().cols()) {
      return Optional.of(weights);
    }
    if (tensor.isKind(MatrixKind.TOKEN_EMBEDDING)) {
      return Optional.empty();
    }
    throw new InvalidRequestException(
        where(file, tensor.originalName()),
        "the importance matrix has %d numbers for this weight, whose %d x %d columns need %d"
            .formatted(
                entry.sums().length,
                tensor.shape().matrices(),
                tensor.shape().cols(),
                tensor.shape().matrices() * tensor.shape().cols()),
        "It was made for another model: make one for this model, or leave it out.");
  }
}
