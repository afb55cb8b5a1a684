package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/**
 * Products of codes with elements, times scales that are integers, summed up over a block of 256:
 * those with upper bytes of the elements and those with lower bytes apart. Uses zmm4 to zmm7.
 *
 * <p>Codes are at most 63, so the sum of four products is at most 4 * 63 * 128 = 32256 and a word
 * of 16 bits holds it: two registers of sums become one of words, and an instruction multiplies 32
 * words by their scales. With scales of at most 128 in magnitude a lane of a total is at most 16 *
 * 63 * 128 * 128 = 16.5 million.
 */
final class ScaledProducts {
  /** Codes and elements of 128 columns come at a time. */
  static final int PAIRS = 2;

  /** Ints. */
  static final Simd UPPER = Simd.zmm(4);

  /** Ints. */
  static final Simd LOWER = Simd.zmm(5);

  private static final Simd FIRST = Simd.zmm(6);
  private static final Simd SECOND = Simd.zmm(7);
  private static final int BYTE = 8;

  private ScaledProducts() {}

  /**
   * The scale's number for each word as {@link #add} wants them: a quarter of a register has four
   * sums of the first codes, then four of the second codes.
   *
   * @param word 0 to 31
   * @param elements that share a scale, 16 or 32
   */
  static int scaleOf(int word, int pair, int elements) {
    int step = 2 * pair + word / 4 % 2;
    int quarter = word / 8;
    return (step * IntegerVector.STEP + quarter * 16) / elements;
  }

  /** Indexes of bytes for words: those of unsigned scales, and of a byte that is zero. */
  static Simd unsignedScales(Constants constants, int first, int pair, int elements, int zero) {
    return constants.bytes(i -> i % 2 == 0 ? first + scaleOf(i / 2, pair, elements) : zero);
  }

  /** Indexes of words. */
  static Simd signedScales(Constants constants, int pair, int elements) {
    return constants.ints(
        i -> scaleOf(2 * i, pair, elements) | scaleOf(2 * i + 1, pair, elements) << 16);
  }

  /**
   * Writes code for 128 columns; the first ones begin the totals.
   *
   * @param first codes of 64 columns
   * @param second codes of the next
   * @param scales words
   */
  static void add(
      Assembler a, Simd first, Simd second, Gpr vector, int pair, Simd scales, boolean begin) {
    for (int half = 0; half < 2; half++) {
      a.clear(FIRST);
      a.clear(SECOND);
      int step = 2 * pair;
      if (half == 0) {
        a.vpdpbusd(FIRST, first, IntegerVector.upper(vector, step));
        a.vpdpbusd(SECOND, second, IntegerVector.upper(vector, step + 1));
      } else {
        a.vpdpbusd(FIRST, first, IntegerVector.lower(vector, step));
        a.vpdpbusd(SECOND, second, IntegerVector.lower(vector, step + 1));
      }
      a.vpackssdw(FIRST, FIRST, SECOND);
      Simd total = half == 0 ? UPPER : LOWER;
      if (begin) {
        a.vpmaddwd(total, FIRST, scales);
      } else {
        a.vpdpwssd(total, FIRST, scales);
      }
    }
  }

  /** Writes code that makes one total of both, floats in {@link #LOWER}; it must fit in ints. */
  static void join(Assembler a) {
    a.vpslld(UPPER, UPPER, BYTE);
    a.vpaddd(LOWER, LOWER, UPPER);
    a.vcvtdq2ps(LOWER, LOWER);
  }
}
