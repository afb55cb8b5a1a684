package io.quant4j.kernels.vector.machine.product;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/**
 * The largest magnitude of 256 floats, which stay in zmm0 to zmm15. Magnitudes are compared as the
 * integers that their bits are, where infinities and NaN are the largest. Overwrites zmm16 to
 * zmm23.
 */
public final class GroupLargest {
  private static final int VALUES = 16;
  private static final int SWAP_PAIRS = 0b01_00_11_10;
  private static final int SWAP_NEIGHBOURS = 0b10_11_00_01;
  private static final Simd MAXIMUM = Simd.zmm(16);
  private static final Simd SCRATCH = Simd.zmm(20);

  private GroupLargest() {}

  /** Writes code that loads sixteen of the floats. */
  @FunctionalInterface
  public interface Load {

    /**
     * @param value becomes the floats
     * @param place 0 to 15
     */
    void write(Simd value, int place);
  }

  /**
   * Writes the code.
   *
   * @param magnitude a constant: all bits but the sign's, in all lanes
   * @param smallest a constant: the result is not below it
   * @return the register whose lowest 128 bits have the result in all lanes
   */
  public static Simd write(Assembler a, Load floats, Simd magnitude, Simd smallest) {
    for (int i = 0; i < VALUES; i++) {
      Simd value = Simd.zmm(i);
      // Four maximums, so that each waits for every fourth comparison only.
      Simd maximum = Simd.zmm(MAXIMUM.number() + i % 4);
      Simd absolute = Simd.zmm(SCRATCH.number() + i % 4);
      floats.write(value, i);
      a.vpandd(absolute, value, magnitude);
      a.vpmaxud(maximum, i < 4 ? smallest : maximum, absolute);
    }
    maximumOfLanes(a);
    return MAXIMUM;
  }

  private static void maximumOfLanes(Assembler a) {
    Simd second = Simd.zmm(MAXIMUM.number() + 1);
    Simd third = Simd.zmm(MAXIMUM.number() + 2);
    a.vpmaxud(MAXIMUM, MAXIMUM, second);
    a.vpmaxud(third, third, Simd.zmm(MAXIMUM.number() + 3));
    a.vpmaxud(MAXIMUM, MAXIMUM, third);
    Simd half = MAXIMUM.half();
    Simd quarter = MAXIMUM.quarter();
    a.vextractf64x4(SCRATCH.half(), MAXIMUM, 1);
    a.vpmaxud(half, half, SCRATCH.half());
    a.vextractf32x4(SCRATCH.quarter(), half, 1);
    a.vpmaxud(quarter, quarter, SCRATCH.quarter());
    a.vpermilps(SCRATCH.quarter(), quarter, SWAP_PAIRS);
    a.vpmaxud(quarter, quarter, SCRATCH.quarter());
    a.vpermilps(SCRATCH.quarter(), quarter, SWAP_NEIGHBOURS);
    a.vpmaxud(quarter, quarter, SCRATCH.quarter());
  }
}
