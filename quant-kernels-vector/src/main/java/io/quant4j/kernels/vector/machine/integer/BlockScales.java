package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.assembler.Ternary;
import io.quant4j.kernels.vector.machine.product.Constants;
import java.util.function.IntUnaryOperator;

/** Scales out of the registers of {@link BlocksOf32}, as floats for the lanes of their blocks. */
interface BlockScales {

  /**
   * Writes code that takes them out.
   *
   * @param stored the four registers, overwritten: the first with the scales, the third with
   *     further numbers if a format has them
   */
  void write(Assembler a, Simd[] stored);

  /** Halves at the beginning of a block; a second one behind it if there is one. */
  static BlockScales halves(Constants constants, BlocksOf32 blocks, boolean second) {
    int leading = second ? 2 * Short.BYTES : Short.BYTES;
    if (blocks.twoRegistersHave(leading)) {
      Simd words = words(constants, lane -> blocks.inFirstAndThird(BlocksOf32.blockOf(lane)));
      return (a, stored) -> {
        a.vpermt2w(stored[0], words, stored[2]);
        toFloats(a, stored, second);
      };
    }
    Simd words = words(constants, lane -> blocks.inEvenAndOdd(BlocksOf32.blockOf(lane)));
    // Words of lanes 0 and 1, 4 and 5, ... are of the first four blocks.
    Simd firstFour = constants.ints(i -> i % 2 == 0 ? -1 : 0);
    return (a, stored) -> {
      a.vpermt2w(stored[0], words, stored[1]);
      a.vpermt2w(stored[2], words, stored[3]);
      a.vpternlogd(stored[0], stored[2], firstFour, Ternary.WHERE_C);
      toFloats(a, stored, second);
    };
  }

  private static Simd words(Constants constants, IntUnaryOperator place) {
    return constants.ints(i -> word(place, 2 * i) | word(place, 2 * i + 1) << 16);
  }

  private static int word(IntUnaryOperator place, int i) {
    return place.applyAsInt(i % 16) / 2 + i / 16;
  }

  private static void toFloats(Assembler a, Simd[] stored, boolean second) {
    if (second) {
      a.vextractf64x4(stored[2].half(), stored[0], 1);
      a.vcvtph2ps(stored[2], stored[2].half());
    }
    a.vcvtph2ps(stored[0], stored[0].half());
  }

  /** Exponents of powers of two, half of which are scales of doubled numbers. */
  static BlockScales exponents(Constants constants, BlocksOf32 blocks) {
    Simd bytes = constants.bytes(i -> blocks.inFirstAndThird(BlocksOf32.blockOf(i / 4)));
    Simd smallest = constants.ints(i -> 1 << 22);
    Simd half = constants.ints(i -> Float.floatToRawIntBits(0.5f));
    return (a, stored) -> {
      Simd scales = stored[0];
      a.vpermt2b(scales, bytes, stored[2]);
      a.vpsrld(scales, scales, 24);
      a.vpslld(scales, scales, 23);
      // 2^-127 has no exponent of its own.
      a.vpmaxud(scales, scales, smallest);
      a.vmulps(scales, scales, half);
    };
  }
}
