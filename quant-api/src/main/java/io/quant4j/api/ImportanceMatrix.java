package io.quant4j.api;

import io.quant4j.api.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How much each input column of each matrix matters: sums of squared activations over calibration
 * text, as llama.cpp's {@code llama-imatrix} collects them. Immutable; treat the arrays of its
 * entries as such.
 *
 * @param datasets names of the texts that were read, for the record
 * @param chunks windows of text that were read
 * @param chunkTokens tokens per window; 0 if the file did not say, as the legacy format never does:
 *     counts are then in windows instead of tokens, see {@link #withChunkTokens}
 * @param entries by the weight's name as GGUF spells it, such as {@code blk.0.attn_q.weight}
 */
public record ImportanceMatrix(
    List<String> datasets, int chunks, int chunkTokens, SortedMap<String, Entry> entries) {

  public ImportanceMatrix {
    if (chunks < 0 || chunkTokens < 0) {
      throw new IllegalArgumentException(chunks + " chunks of " + chunkTokens + " tokens");
    }
    datasets = List.copyOf(datasets);
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /**
   * Reads a file of llama.cpp's GGUF or legacy format, whichever it is by its content.
   *
   * @throws io.quant4j.api.error.QuantException if it is neither, or damaged
   */
  public static ImportanceMatrix read(Path path) {
    return Engine.provider().readImportance(path);
  }

  /**
   * Writes a file in the format of the target's name: {@code .gguf} or {@code .dat} (legacy).
   *
   * @throws io.quant4j.api.error.QuantException if it cannot be written; the target is then as it
   *     was before
   */
  public void write(Path target) {
    Engine.provider().writeImportance(this, target, Optional.empty());
  }

  /**
   * Writes a file.
   *
   * @param format name of the {@link io.quant4j.api.spi.ImportanceMatrixFormat}
   * @throws io.quant4j.api.error.QuantException if it cannot be written; the target is then as it
   *     was before
   */
  public void write(Path target, String format) {
    Engine.provider().writeImportance(this, target, Optional.of(format));
  }

  /**
   * One matrix of everything that several saw: sums and counts add. A matrix without {@link
   * #chunkTokens} is taken to have windows as long as those of the first that has them.
   *
   * @param parts at least one, of the same model
   * @throws io.quant4j.api.error.InvalidRequestException naming the entry whose sizes differ
   */
  public static ImportanceMatrix merge(List<ImportanceMatrix> parts) {
    return ImportanceMerge.merge(parts);
  }

  /** The entry of a weight, if the calibration saw it. */
  public Optional<Entry> find(String weight) {
    return Optional.ofNullable(entries.get(weight));
  }

  /**
   * This matrix with windows of so many tokens, for one that does not know: its counts, which are
   * windows, become tokens. The mean of every column stays the same.
   *
   * @return this if the length of windows is known
   */
  public ImportanceMatrix withChunkTokens(int tokens) {
    if (chunkTokens > 0) {
      return this;
    }
    SortedMap<String, Entry> scaled = new TreeMap<>();
    entries.forEach((name, entry) -> scaled.put(name, entry.times(tokens)));
    return new ImportanceMatrix(datasets, chunks, tokens, scaled);
  }

  /**
   * This matrix with experts drawn towards the mean of all experts of their tensor, as if each had
   * seen so many tokens more that excite columns as the average token does. It steadies experts
   * that few tokens were routed to, and gives those that saw none the mean instead of ones.
   * llama.cpp has no such thing, so files quantized with it differ from llama.cpp's.
   *
   * @param tokens weight of the mean; 0 changes nothing
   */
  public ImportanceMatrix withExpertPrior(int tokens) {
    SortedMap<String, Entry> steadied = new TreeMap<>();
    entries.forEach((name, entry) -> steadied.put(name, entry.towardsMean(tokens)));
    return new ImportanceMatrix(datasets, chunks, chunkTokens, steadied);
  }

  /** Figures about every entry, and their means over layers. */
  public ImportanceStatistics statistics() {
    return ImportanceStatistics.of(this);
  }

  /**
   * Holds this matrix against the matrices of a model, to find out whether it was made for it.
   *
   * @param weights shape by GGUF name: (rows, cols), or (experts, rows, cols) for a stack
   */
  public Coverage coverage(Map<String, Shape> weights) {
    List<String> missing = weights.keySet().stream().filter(name -> find(name).isEmpty()).toList();
    List<String> unfit =
        weights.entrySet().stream()
            .filter(
                weight -> find(weight.getKey()).filter(e -> !e.fits(weight.getValue())).isPresent())
            .map(Map.Entry::getKey)
            .toList();
    List<String> foreign =
        entries.keySet().stream().filter(name -> !weights.containsKey(name)).toList();
    return new Coverage(missing, unfit, foreign);
  }

  /**
   * What does not match between an importance matrix and a model.
   *
   * @param missing weights of the model without an entry
   * @param unfit weights whose entry has another number of columns or experts: the matrix was made
   *     for another model
   * @param foreign entries without a weight
   */
  public record Coverage(List<String> missing, List<String> unfit, List<String> foreign) {

    public Coverage {
      missing = List.copyOf(missing);
      unfit = List.copyOf(unfit);
      foreign = List.copyOf(foreign);
    }
  }

  /**
   * What was seen of one weight: one matrix, or a stack of matrices (experts) that saw different
   * tokens.
   *
   * @param sums (matrices, cols) row-major: sums of squared activations
   * @param counts (matrices): activations summed, that is rows of the batches that each matrix saw;
   *     or a single count that all matrices of a stack share
   */
  public record Entry(float[] sums, float[] counts) {

    public Entry {
      if (counts.length == 0 || sums.length == 0 || sums.length % counts.length != 0) {
        throw new IllegalArgumentException(
            sums.length + " sums do not divide over " + counts.length + " matrices");
      }
    }

    /** Matrices in the stack; 1 for a plain weight, or where a stack shares its count. */
    public int matrices() {
      return counts.length;
    }

    /** Input columns of each matrix. */
    public int cols() {
      return sums.length / counts.length;
    }

    /** Whether this entry can be of a weight of shape (rows, cols) or (experts, rows, cols). */
    public boolean fits(Shape weight) {
      return forShape(weight).isPresent();
    }

    /**
     * This entry with one count for each matrix of a weight; the legacy format keeps a single one
     * for all experts.
     *
     * @param weight (rows, cols) or (experts, rows, cols)
     * @return empty if the entry is of a weight of another shape
     */
    public Optional<Entry> forShape(Shape weight) {
      List<Long> sizes = weight.sizes();
      if (sizes.size() < 2 || sizes.contains(0L)) {
        return Optional.empty();
      }
      long stacked = weight.elements() / (sizes.get(sizes.size() - 2) * weight.cols());
      boolean known = counts.length == stacked || counts.length == 1;
      return known && stacked * weight.cols() == sums.length
          ? Optional.of(over((int) stacked))
          : Optional.empty();
    }

    /** This entry with its only count repeated for so many matrices, or as it is. */
    Entry over(int matrices) {
      if (counts.length == matrices) {
        return this;
      }
      float[] repeated = new float[matrices];
      Arrays.fill(repeated, counts[0]);
      return new Entry(sums, repeated);
    }

    Entry times(int factor) {
      return new Entry(times(sums, factor), times(counts, factor));
    }

    private static float[] times(float[] values, int factor) {
      float[] scaled = values.clone();
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] *= factor;
      }
      return scaled;
    }

    /** See {@link ImportanceMatrix#withExpertPrior}. */
    Entry towardsMean(int tokens) {
      double seen = 0;
      for (float count : counts) {
        seen += count;
      }
      if (counts.length == 1 || tokens == 0 || seen == 0) {
        return this;
      }
      float[] newSums = new float[sums.length];
      float[] newCounts = new float[counts.length];
      for (int col = 0; col < cols(); col++) {
        double sum = 0;
        for (int i = col; i < sums.length; i += cols()) {
          sum += sums[i];
        }
        for (int i = col; i < sums.length; i += cols()) {
          newSums[i] = (float) (sums[i] + tokens * sum / seen);
        }
      }
      for (int i = 0; i < counts.length; i++) {
        newCounts[i] = counts[i] + tokens;
      }
      return new Entry(newSums, newCounts);
    }

    /**
     * Mean squared activation of each column: the weight of a column's squared error. A matrix that
     * saw nothing gets ones, so that all its columns count alike.
     *
     * @param matrix index in the stack
     * @return (cols)
     */
    public float[] weights(int matrix) {
      float[] weights = new float[cols()];
      float count = counts[matrix];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = count > 0 ? sums[matrix * weights.length + i] / count : 1;
      }
      return weights;
    }

    /** Equal if all sums and counts are. */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Entry(float[] otherSums, float[] otherCounts)
          && Arrays.equals(sums, otherSums)
          && Arrays.equals(counts, otherCounts);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(sums) + Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
      return "%d x %d columns".formatted(matrices(), cols());
    }
  }
}
