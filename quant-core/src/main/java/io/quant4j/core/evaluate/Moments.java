package io.quant4j.core.evaluate;

import io.quant4j.api.Estimate;

/**
 * Mean and standard error of values that are not kept, by Welford's recurrence: no difference of
 * large sums (B. P. Welford, Technometrics 4, 1962).
 */
final class Moments {
  private long count;
  private double mean;
  private double squares;

  void add(double value) {
    count++;
    double before = value - mean;
    mean += before / count;
    squares += before * (value - mean);
  }

  long count() {
    return count;
  }

  double mean() {
    return mean;
  }

  /** Standard error of the mean; 0 for fewer than two values. */
  double error() {
    return count < 2 ? 0 : Math.sqrt(squares / count / (count - 1));
  }

  Estimate estimate() {
    return new Estimate(mean, error());
  }
}
