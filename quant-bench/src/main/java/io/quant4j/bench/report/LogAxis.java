package io.quant4j.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A logarithmic axis.
 *
 * @param low value at {@code from}
 * @param high value at {@code to}
 * @param from place of the low end, in pixels
 * @param to place of the high end, in pixels
 */
record LogAxis(double low, double high, double from, double to) {

  /** An axis that leaves a margin around the values. */
  static LogAxis around(double smallest, double largest, double margin, double from, double to) {
    return new LogAxis(smallest / margin, largest * margin, from, to);
  }

  double place(double value) {
    return from + (to - from) * Math.log(value / low) / Math.log(high / low);
  }

  /** The values in range that are one of {@code digits} times a power of ten, ascending. */
  List<Double> ticks(double... digits) {
    List<Double> ticks = new ArrayList<>();
    for (int exponent = (int) Math.floor(Math.log10(low)); Math.pow(10, exponent) <= high; ) {
      for (double digit : digits) {
        double value = digit * Math.pow(10, exponent);
        if (value >= low && value <= high) {
          ticks.add(value);
        }
      }
      exponent++;
    }
    return ticks;
  }
}
