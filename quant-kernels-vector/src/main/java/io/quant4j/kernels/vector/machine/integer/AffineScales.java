package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.Q4_K;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/** Scales and minimums of Q4_K and Q5_K, whose blocks begin alike. Uses zmm4 to zmm10. */
final class AffineScales {
  /** Where the codes of 128 elements are expected. */
  static final Simd[] CODES = {Simd.zmm(8), Simd.zmm(9)};

  private static final Simd SCALES = Simd.zmm(10);
  private static final int GROUP_ELEMENTS = 32;

  private final SixBitBytes bytes;
  private final AffineEnd end;
  private final Simd[] scales = new Simd[ScaledProducts.PAIRS];
  private final Simd minimums;

  /** Takes eight constants. */
  AffineScales(Constants constants) {
    this.bytes = new SixBitBytes(constants);
    this.end = new AffineEnd(constants, Q4_K.D_OFFSET);
    for (int pair = 0; pair < scales.length; pair++) {
      scales[pair] =
          ScaledProducts.unsignedScales(constants, 0, pair, GROUP_ELEMENTS, SixBitBytes.ZERO);
    }
    this.minimums =
        constants.bytes(i -> i % 4 == 0 ? SixBitBytes.MINIMUMS + i / 8 : SixBitBytes.ZERO);
  }

  /** Writes code that unpacks them. */
  void begin(Assembler a, Gpr block, Simd numbers) {
    bytes.write(a, Mem.at(block, Q4_K.SCALES_OFFSET), numbers, SCALES);
  }

  /** Writes code that adds the products of {@link #CODES}. */
  void add(Assembler a, Simd numbers, Gpr vector, int pair) {
    a.vpermb(SCALES, scales[pair], numbers);
    ScaledProducts.add(a, CODES[0], CODES[1], vector, pair, SCALES, pair == 0);
  }

  /** Writes code that adds what all have come to, to the row's sums. */
  void end(Assembler a, Gpr block, Simd numbers, Gpr vector, Simd sum) {
    a.vpermb(SCALES, minimums, numbers);
    end.write(a, block, SCALES, vector, sum);
  }
}
