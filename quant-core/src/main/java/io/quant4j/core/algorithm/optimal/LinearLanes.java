package io.quant4j.core.algorithm.optimal;

/** Levels that are all integers of a range. */
final class LinearLanes extends SymmetricLanes {
  /** Added and subtracted again, it rounds a float below 2^22 to the nearest integer. */
  private static final float SHIFT = 0x1.8p23f;

  private final Range range;

  /**
   * The levels.
   *
   * @param zeroCode code of level 0
   */
  record Range(int lowest, int highest, int zeroCode) {}

  LinearLanes(int groups, int elements, Range range, int trials) {
    super(groups, elements, trials);
    this.range = range;
  }

  @Override
  float lowestLevel() {
    return range.lowest();
  }

  @Override
  float highestLevel() {
    return range.highest();
  }

  @Override
  void takeLevels(int lanes, float[] values) {
    float low = range.lowest();
    float high = range.highest();
    for (int l = 0; l < lanes; l++) {
      levels[l] = Math.min(Math.max(values[l] * inverses[l], low), high) + SHIFT - SHIFT;
    }
  }

  @Override
  int code(float scaled) {
    float limited = Math.min(Math.max(scaled, range.lowest()), range.highest());
    return range.zeroCode() + (int) (limited + SHIFT - SHIFT);
  }
}
