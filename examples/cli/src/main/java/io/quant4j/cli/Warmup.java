package io.quant4j.cli;

/**
 * Decides how often a test is repeated before it is measured. A Java program begins interpreted and
 * is compiled while it runs, so that one repetition is not enough.
 */
final class Warmup {
  /** A repetition that needs less than this of the fastest before it shows speed still rising. */
  private static final double SETTLED = 0.95;

  /** A speed that does not settle is waited for this many times as long as asked for. */
  private static final int MOST = 4;

  private final double least;
  private double total;
  private double fastest = Double.POSITIVE_INFINITY;

  /** At least one repetition, and at least so many seconds of them. */
  Warmup(double seconds) {
    least = seconds * 1e9;
  }

  /** Takes the time of a repetition; true if there should be another one. */
  boolean goesOnAfter(long nanos) {
    boolean rising = nanos < SETTLED * fastest;
    total += nanos;
    fastest = Math.min(fastest, nanos);
    return total < least || (rising && total < MOST * least);
  }
}
