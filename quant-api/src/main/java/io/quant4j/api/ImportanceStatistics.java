package io.quant4j.api;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Figures about an importance matrix, as upstream's {@code llama-imatrix --show-statistics} defines
 * them (tools/imatrix/imatrix.cpp), in double precision. They show which tensors and layers are
 * sensitive, and whether the calibration text excited all columns.
 *
 * @param tensors in the order of the matrix; entries that saw nothing are left out
 * @param layers in order
 */
public record ImportanceStatistics(List<TensorFigures> tensors, List<LayerFigures> layers) {

  public ImportanceStatistics {
    tensors = List.copyOf(tensors);
    layers = List.copyOf(layers);
  }

  /** The figures of a matrix. */
  public static ImportanceStatistics of(ImportanceMatrix matrix) {
    return ImportanceFigures.of(matrix);
  }

  /**
   * Figures about the mean squared activations of one weight's columns; those of experts that saw
   * nothing do not count.
   *
   * @param name of the weight
   * @param layer that it belongs to, if any
   * @param kind the name without layer and suffix, such as {@code attn_q}
   * @param columns that count, over all experts
   * @param sum over columns
   * @param min of columns
   * @param max of columns
   * @param mean of columns
   * @param deviation standard deviation of columns
   * @param active share of columns above 1e-5
   * @param entropy of the columns' shares of the sum, in bits
   * @param normalizedEntropy entropy relative to that of equal columns, 0 to 1
   * @param highShare share of columns more than one standard deviation above the mean ("z-score
   *     distribution", Flexora, arXiv:2408.10774)
   * @param similarity cosine of the angle between the sums of this weight and those of the same
   *     weight of the layer before, if there is one
   */
  public record TensorFigures(
      String name,
      OptionalInt layer,
      String kind,
      int columns,
      double sum,
      double min,
      double max,
      double mean,
      double deviation,
      double active,
      double entropy,
      double normalizedEntropy,
      double highShare,
      OptionalDouble similarity) {}

  /**
   * Means over the weights of a layer, weighted by their columns.
   *
   * @param sum of {@link TensorFigures#sum}
   * @param highShare of {@link TensorFigures#highShare}
   * @param similarity of {@link TensorFigures#similarity}, absent ones as 0
   */
  public record LayerFigures(int layer, double sum, double highShare, double similarity) {}
}
