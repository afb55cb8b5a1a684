package io.quant4j.core.algorithm.optimal;

/** Arrays with one number per lane. */
final class Lanes {
  /** Lanes that are enough to keep vector units busy and few enough to stay in the first cache. */
  private static final int ENOUGH = 256;

  private Lanes() {}

  /** Trials per group to measure at once, at least {@code least}. */
  static int trials(int groups, int least) {
    return Math.max(least, ENOUGH / groups);
  }

  /** Repeats the first numbers over the whole array. */
  static void repeat(float[] lanes, int first) {
    for (int filled = first; filled < lanes.length; filled *= 2) {
      System.arraycopy(lanes, 0, lanes, filled, Math.min(filled, lanes.length - filled));
    }
  }
}
