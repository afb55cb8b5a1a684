package io.quant4j.kernels.cuda.op;

import io.quant4j.api.tensor.FormatId;

/**
 * In which order the products of warpgroups want the columns of their input: as the fragments that
 * are made of stored blocks have them. Place {@code 16 j + 8 h + 2 t + e} of 32 holds column {@code
 * j * J + h * H + t * T + e * E}.
 */
enum ColumnOrder {
  /** One after the other, for matrices of 16-bit floats. */
  NATURAL(2, 1, 8, 16),
  Q4_0(4, 2, 16, 1),
  Q8_0(8, 1, 2, 4),
  /** Q4_K and Q5_K. */
  AFFINE(8, 2, 1, 4),
  Q6_K(4, 2, 1, 16);

  private final int packed;

  ColumnOrder(int t, int e, int h, int j) {
    packed = t | e << 8 | h << 16 | j << 24;
  }

  /** The order of a format whose stored blocks are multiplied. */
  static ColumnOrder of(FormatId format) {
    return switch (format.name()) {
      case "Q4_0" -> Q4_0;
      case "Q8_0" -> Q8_0;
      case "Q6_K" -> Q6_K;
      default -> AFFINE;
    };
  }

  /** T, E, H and J from the lowest byte on, as the kernels take them. */
  int packed() {
    return packed;
  }
}
