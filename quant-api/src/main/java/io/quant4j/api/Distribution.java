package io.quant4j.api;

import io.quant4j.api.error.InvalidRequestException;
import java.util.Arrays;

/** Measured values of which any percentile can be asked for. Immutable. */
public final class Distribution {
  private final double[] sorted;
  private final Estimate mean;

  /**
   * A distribution of values in any order.
   *
   * @param values at least one; not-a-number counts as the largest; copied
   * @param mean their mean
   * @throws InvalidRequestException if there are none
   */
  public Distribution(double[] values, Estimate mean) {
    if (values.length == 0) {
      throw Options.invalid("values", "are none", "Give at least one.");
    }
    this.sorted = values.clone();
    this.mean = mean;
    Arrays.sort(sorted);
  }

  /** Number of values. */
  public int size() {
    return sorted.length;
  }

  public Estimate mean() {
    return mean;
  }

  public double minimum() {
    return sorted[0];
  }

  public double maximum() {
    return sorted[sorted.length - 1];
  }

  public double median() {
    return percentile(50);
  }

  /**
   * The value that so many percent of all are below, interpolated linearly between the two nearest.
   *
   * @param percent 0 for the minimum to 100 for the maximum
   * @throws InvalidRequestException if it is outside
   */
  public double percentile(double percent) {
    if (!(percent >= 0 && percent <= 100)) {
      throw Options.invalid("percent", percent + " is outside 0 to 100", "50 is the median.");
    }
    double place = percent / 100 * (sorted.length - 1);
    int below = (int) place;
    return place == below
        ? sorted[below]
        : sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
  }

  /** Number, mean, median and extremes. */
  @Override
  public String toString() {
    return "%d values, mean %g, median %g, %g to %g"
        .formatted(size(), mean.value(), median(), minimum(), maximum());
  }
}
