package io.quant4j.kernels.vector.encode;

import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.Q3_K;
import io.quant4j.core.format.Rounding;

/** Integers of the scales of a block of Q3_K. */
public final class Q3_KScales {
  private static final int COUNT = Q3_K.BLOCK_ELEMENTS / Q3_K.GROUP_ELEMENTS;

  private Q3_KScales() {}

  /** What gives the scale of largest magnitude the lowest integer, 0 if all scales are 0. */
  public static float inverse(float[] scales, int from) {
    float most = Blocks.signedLargest(scales, from, COUNT);
    return most == 0 ? 0 : -Q3_K.ZERO_SCALE / most;
  }

  /**
   * The integers as stored.
   *
   * @param inverse scales times this are the integers; if 0, the lowest is stored
   * @param from place of the block's first scale
   * @param stored receives an integer for each group
   */
  public static void integers(float inverse, float[] scales, int from, byte[] stored) {
    for (int s = 0; s < COUNT; s++) {
      int scale = Rounding.nearest(inverse * scales[from + s]);
      int limited = Math.clamp(scale, -Q3_K.ZERO_SCALE, Q3_K.ZERO_SCALE - 1) + Q3_K.ZERO_SCALE;
      stored[s] = (byte) (inverse == 0 ? 0 : limited);
    }
  }
}
