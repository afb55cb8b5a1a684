package io.quant4j.api;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much each input column of each matrix matters: sums of squared activations over calibration
 * text. Immutable; treat the arrays of its entries as such.
 *
 * @param datasets names of the texts that were read, for the record
 * @param chunks windows of text that were read
 * @param chunkTokens tokens per window
 * @param entries by the weight's name as GGUF spells it, such as {@code blk.0.attn_q.weight}
 */
public record ImportanceMatrix(
    List<String> datasets, int chunks, int chunkTokens, SortedMap<String, Entry> entries) {

  public ImportanceMatrix {
    datasets = List.copyOf(datasets);
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /** The entry of a weight, if the calibration saw it. */
  public Optional<Entry> find(String weight) {
    return Optional.ofNullable(entries.get(weight));
  }

  /**
   * What was seen of one weight: one matrix, or a stack of matrices (experts) that saw different
   * tokens.
   *
   * @param sums (matrices, cols) row-major: sums of squared activations
   * @param counts (matrices): activations summed, that is rows of the batches that each matrix saw
   */
  public record Entry(float[] sums, float[] counts) {

    public Entry {
      if (counts.length == 0 || sums.length % counts.length != 0) {
        throw new IllegalArgumentException(
            sums.length + " sums do not divide over " + counts.length + " matrices");
      }
    }

    /** Matrices in the stack; 1 for a plain weight. */
    public int matrices() {
      return counts.length;
    }

    /** Input columns of each matrix. */
    public int cols() {
      return sums.length / counts.length;
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
  }
}
