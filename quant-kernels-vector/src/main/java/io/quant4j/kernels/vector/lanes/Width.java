package io.quant4j.kernels.vector.lanes;

import jdk.incubator.vector.VectorShape;

/** How wide vectors are here. Asking for it loads next to nothing of the Vector API. */
public final class Width {
  /**
   * System property that forces the width: 128, 256 or 512; anything else is ignored. For tests
   * only.
   */
  public static final String PROPERTY = "quant4j.vector.bits";

  /** Bits of a vector. */
  public static final int BITS = bits();

  private Width() {}

  private static int bits() {
    int preferred = Math.clamp(VectorShape.preferredShape().vectorBitSize(), 128, 512);
    int forced = Integer.getInteger(PROPERTY, preferred);
    return forced == 128 || forced == 256 || forced == 512 ? forced : preferred;
  }
}
