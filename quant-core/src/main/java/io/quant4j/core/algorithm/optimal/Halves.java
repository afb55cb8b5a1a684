package io.quant4j.core.algorithm.optimal;

/** Numbers in IEEE 754 binary16. */
final class Halves {
  private Halves() {}

  /**
   * The nearest half, or one near it.
   *
   * @param steps halves further from 0, or nearer if negative; 0 and the largest are not passed
   */
  static float near(float number, int steps) {
    short bits = Float.floatToFloat16(number);
    int magnitude = bits & 0x7fff;
    int moved = magnitude == 0 || magnitude >= 0x7bff ? magnitude : magnitude + steps;
    return Float.float16ToFloat((short) (bits & 0x8000 | moved));
  }

  /** The half nearest to a multiple of one, given and returned as bits. */
  static short times(short half, float factor) {
    return factor == 1 ? half : Float.floatToFloat16(Float.float16ToFloat(half) * factor);
  }
}
