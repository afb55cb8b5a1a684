package io.quant4j.core.format;

/** What all ways to search for a {@link TernarySplit} share: the best split so far. */
public abstract class BestSplit implements TernarySplit {
  /** Score of the best split, {@code -Float.MAX_VALUE} if there is none. */
  protected float best;

  private int low;
  private int high;
  private int lowered;
  private float scale;

  /** No split yet. */
  protected BestSplit() {}

  /** Forgets what was found. */
  protected final void start() {
    best = -Float.MAX_VALUE;
    scale = 0;
  }

  /** Keeps a split that is better than the best so far. */
  protected final void take(int first, int second, int shifts, float sumX, float sumSquares) {
    if (sumSquares > 0 && sumX * sumX > best * sumSquares) {
      scale = sumX / sumSquares;
      best = scale * sumX;
      low = first;
      high = second;
      lowered = shifts;
    }
  }

  /**
   * Ends the search; returns whether there is a split.
   *
   * @param total not finite if a sum overflowed
   */
  protected final boolean end(float total) {
    boolean found = best != -Float.MAX_VALUE;
    if (!found && !Float.isFinite(total)) {
      scale = Float.NaN;
    }
    return found;
  }

  @Override
  public final int low() {
    return low;
  }

  @Override
  public final int high() {
    return high;
  }

  @Override
  public final int lowered() {
    return lowered;
  }

  @Override
  public final float scale() {
    return scale;
  }
}
