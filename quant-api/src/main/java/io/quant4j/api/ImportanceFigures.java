package io.quant4j.api;

import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.ImportanceStatistics.LayerFigures;
import io.quant4j.api.ImportanceStatistics.TensorFigures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Computes {@link ImportanceStatistics}. */
final class ImportanceFigures {
  /** Mean squared activation up to which a column counts as idle. */
  private static final double IDLE = 1e-5;

  private static final Pattern LAYER = Pattern.compile("(?<=\\bblk\\.)\\d{1,9}(?=\\.)");
  private static final Pattern KIND = Pattern.compile("([^.]+)\\.weight\\b");

  private final ImportanceMatrix matrix;

  private ImportanceFigures(ImportanceMatrix matrix) {
    this.matrix = matrix;
  }

  static ImportanceStatistics of(ImportanceMatrix matrix) {
    ImportanceFigures figures = new ImportanceFigures(matrix);
    List<TensorFigures> tensors = new ArrayList<>();
    matrix
        .entries()
        .forEach((name, entry) -> {
          double[] means = means(entry);
          if (means.length > 0) {
            tensors.add(figures.tensor(name, entry, means));
          }
        });
    return new ImportanceStatistics(tensors, layers(tensors));
  }

  /** Mean squared activations of the columns of all matrices that saw something. */
  private static double[] means(Entry entry) {
    double[] means = new double[entry.sums().length];
    int filled = 0;
    for (int i = 0; i < means.length; i++) {
      float count = entry.counts()[i / entry.cols()];
      if (count > 0) {
        means[filled++] = entry.sums()[i] / (double) count;
      }
    }
    return Arrays.copyOf(means, filled);
  }

  private TensorFigures tensor(String name, Entry entry, double[] means) {
    double sum = 0;
    double squares = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    int active = 0;
    for (double mean : means) {
      sum += mean;
      squares += mean * mean;
      min = Math.min(min, mean);
      max = Math.max(max, mean);
      active += mean > IDLE ? 1 : 0;
    }
    int n = means.length;
    double mean = sum / n;
    double deviation = Math.sqrt(Math.max(0, squares / n - mean * mean));
    double entropy = entropy(means, sum);
    Matcher layer = LAYER.matcher(name);
    boolean inLayer = layer.find();
    return new TensorFigures(
        name,
        inLayer ? OptionalInt.of(Integer.parseInt(layer.group())) : OptionalInt.empty(),
        kind(name),
        n,
        sum,
        min,
        max,
        mean,
        deviation,
        (double) active / n,
        entropy,
        n == 1 ? 1 : entropy / log2(n),
        highShare(means, mean, deviation),
        inLayer ? similarity(layer, entry) : OptionalDouble.empty());
  }

  private static String kind(String name) {
    Matcher kind = KIND.matcher(name);
    return kind.find() ? kind.group(1) : name;
  }

  private static double entropy(double[] means, double sum) {
    double entropy = 0;
    for (double mean : means) {
      if (mean > 0) {
        entropy -= mean / sum * log2(mean / sum);
      }
    }
    return entropy;
  }

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }

  private static double highShare(double[] means, double mean, double deviation) {
    int high = 0;
    for (double value : means) {
      high += value - mean > deviation ? 1 : 0;
    }
    return deviation > 0 ? (double) high / means.length : 0;
  }

  /**
   * Of an entry and that of the layer before.
   *
   * @param layer the layer's number in the entry's name
   */
  private OptionalDouble similarity(Matcher layer, Entry entry) {
    int before = Integer.parseInt(layer.group()) - 1;
    return matrix
        .find(layer.replaceFirst(Integer.toString(before)))
        .filter(other -> other.sums().length == entry.sums().length)
        .map(other -> OptionalDouble.of(cosine(entry.sums(), other.sums())))
        .orElseGet(OptionalDouble::empty);
  }

  private static double cosine(float[] one, float[] other) {
    double product = 0;
    double oneSquared = 0;
    double otherSquared = 0;
    for (int i = 0; i < one.length; i++) {
      product += (double) one[i] * other[i];
      oneSquared += (double) one[i] * one[i];
      otherSquared += (double) other[i] * other[i];
    }
    double lengths = Math.sqrt(oneSquared) * Math.sqrt(otherSquared);
    return lengths > 0 ? product / lengths : 0;
  }

  private static List<LayerFigures> layers(List<TensorFigures> tensors) {
    Map<Integer, List<TensorFigures>> byLayer = new TreeMap<>();
    for (TensorFigures tensor : tensors) {
      tensor
          .layer()
          .ifPresent(layer -> byLayer.computeIfAbsent(layer, _ -> new ArrayList<>()).add(tensor));
    }
    return byLayer.entrySet().stream()
        .map(layer -> layer(layer.getKey(), layer.getValue()))
        .toList();
  }

  private static LayerFigures layer(int layer, List<TensorFigures> tensors) {
    double columns = 0;
    double sum = 0;
    double highShare = 0;
    double similarity = 0;
    for (TensorFigures tensor : tensors) {
      columns += tensor.columns();
      sum += tensor.columns() * tensor.sum();
      highShare += tensor.columns() * tensor.highShare();
      similarity += tensor.columns() * tensor.similarity().orElse(0);
    }
    return new LayerFigures(layer, sum / columns, highShare / columns, similarity / columns);
  }
}
