package io.quant4j.api;

import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Adds importance matrices up, as upstream's {@code llama-imatrix --in-file A --in-file B}. */
final class ImportanceMerge {
  private ImportanceMerge() {}

  static ImportanceMatrix merge(List<ImportanceMatrix> parts) {
    if (parts.isEmpty()) {
      throw Options.invalid("parts", "holds no importance matrix", "Give at least one.");
    }
    int chunkTokens =
        parts.stream()
            .mapToInt(ImportanceMatrix::chunkTokens)
            .filter(t -> t > 0)
            .findFirst()
            .orElse(0);
    SortedMap<String, Entry> sum = new TreeMap<>();
    for (ImportanceMatrix part : parts) {
      ImportanceMatrix scaled = chunkTokens > 0 ? part.withChunkTokens(chunkTokens) : part;
      scaled
          .entries()
          .forEach((name, entry) -> sum.merge(name, entry, (one, other) -> add(name, one, other)));
    }
    List<String> datasets =
        parts.stream().flatMap(part -> part.datasets().stream()).distinct().toList();
    return new ImportanceMatrix(datasets, chunks(sum, chunkTokens), chunkTokens, sum);
  }

  /**
   * Windows that the busiest matrix saw. Not the sum of the parts' windows, which may be of
   * different lengths or of different tensors.
   */
  private static int chunks(SortedMap<String, Entry> entries, int chunkTokens) {
    float most = 0;
    for (Entry entry : entries.values()) {
      for (float count : entry.counts()) {
        most = Math.max(most, count);
      }
    }
    return (int) (most / Math.max(1, chunkTokens));
  }

  private static Entry add(String name, Entry one, Entry other) {
    int matrices = Math.max(one.matrices(), other.matrices());
    int fewer = Math.min(one.matrices(), other.matrices());
    if (one.sums().length != other.sums().length || (fewer != matrices && fewer != 1)) {
      throw new InvalidRequestException(
          ErrorLocation.subject(name),
          "the entry has %s in one importance matrix and %s in another".formatted(one, other),
          "Merge matrices of the same model only.");
    }
    return new Entry(
        add(one.sums(), other.sums()),
        add(one.over(matrices).counts(), other.over(matrices).counts()));
  }

  private static float[] add(float[] one, float[] other) {
    float[] sum = one.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other[i];
    }
    return sum;
  }
}
