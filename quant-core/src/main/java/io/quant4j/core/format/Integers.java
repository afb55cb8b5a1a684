package io.quant4j.core.format;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.tensor.FormatId;

/** Floats on their way into the integer formats. */
final class Integers {
  private Integers() {}

  /**
   * Nearest integer, ties to even.
   *
   * @param bits of the format's two's complement integers, 8 to 64
   * @throws InvalidRequestException if there is none in the format's range: an integer format has
   *     no way to mark a number as bad
   */
  static long nearest(float value, int bits, FormatId format) {
    double rounded = Math.rint(value);
    double limit = Math.scalb(1.0, bits - 1);
    if (rounded >= -limit && rounded < limit) {
      return (long) rounded;
    }
    throw new InvalidRequestException(
        ErrorLocation.subject(format.name()),
        value + " is no " + bits + "-bit integer",
        "Store the tensor as F32.");
  }
}
