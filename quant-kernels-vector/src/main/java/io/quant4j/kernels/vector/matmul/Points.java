package io.quant4j.kernels.vector.matmul;

import io.quant4j.core.format.Codebook;
import java.util.function.IntUnaryOperator;

/**
 * Points of codebooks as packed bytes, one for each component from the lowest byte: what a kernel
 * reads at once. Each table is for one thread or many; nothing writes to it.
 */
final class Points {
  /** Elements whose points kernels read together. */
  static final int GROUP_ELEMENTS = 32;

  /** A byte each of 1. */
  private static final long ONES = 0x0101_0101_0101_0101L;

  private static final int BYTE = 0xff;

  static final long[] IQ2_XXS = points(Codebook.IQ2_XXS);
  static final long[] IQ2_XS = points(Codebook.IQ2_XS);
  static final long[] IQ2_S = points(Codebook.IQ2_S);
  static final long[] IQ3_XXS = points(Codebook.IQ3_XXS);
  static final long[] IQ3_S = points(Codebook.IQ3_S);
  static final long[] IQ1_S = points(Codebook.IQ1_S);

  /** For every mask of eight bits a byte of ones for each bit. */
  static final long[] SIGNS = signs(1 << Byte.SIZE, mask -> mask);

  /** The same for masks of seven bits, whose eighth makes their number even. */
  static final long[] EVEN_SIGNS =
      signs(1 << Byte.SIZE - 1, mask -> mask | (Integer.bitCount(mask) & 1) << Byte.SIZE - 1);

  /** What {@link #RAISED} adds to its integers, so that {@link #LOWERING} borrows from none. */
  static final int BIAS = 16;

  /** The points of {@link #IQ1_S} raised by an eighth, in eighths and with {@link #BIAS}. */
  static final long[] RAISED = raised();

  /** The difference of two eighths. */
  static final long LOWERING = 2 * ONES;

  private Points() {}

  private static long[] raised() {
    long[] raised = new long[IQ1_S.length];
    for (int point = 0; point < raised.length; point++) {
      for (int i = Byte.SIZE - 1; i >= 0; i--) {
        raised[point] = raised[point] << Byte.SIZE | 8 * Codebook.IQ1_S.value(point, i) + 1 + BIAS;
      }
    }
    return raised;
  }

  /** The points of a codebook of 4 or 8 components. */
  private static long[] points(Codebook codebook) {
    long[] points = new long[codebook.size()];
    for (int point = 0; point < points.length; point++) {
      for (int i = codebook.components() - 1; i >= 0; i--) {
        points[point] = points[point] << Byte.SIZE | codebook.value(point, i) & BYTE;
      }
    }
    return points;
  }

  private static long[] signs(int count, IntUnaryOperator mask) {
    long[] signs = new long[count];
    for (int stored = 0; stored < count; stored++) {
      int bits = mask.applyAsInt(stored);
      for (int i = Byte.SIZE - 1; i >= 0; i--) {
        signs[stored] = signs[stored] << Byte.SIZE | -(bits >> i & 1) & BYTE;
      }
    }
    return signs;
  }

  /**
   * Eight magnitudes with signs.
   *
   * @param magnitudes 1 to 127 in each byte
   * @param negative a byte of ones for each negative one
   */
  static long signed(long magnitudes, long negative) {
    // -m is ~m + 1. No byte overflows, as none of them is 0.
    return (magnitudes ^ negative) + (negative & ONES);
  }
}
