package io.quant4j.kernels.cuda.op;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.CacheShape;
import io.quant4j.api.tensor.FormatId;

/** How keys and values are kept. */
enum CacheFormat {
  F32(FormatId.F32, "f32", Float.BYTES, 8),
  F16(FormatId.F16, "f16", Short.BYTES, 8),
  /** Signed bytes, with a 16-bit scale for 32 of them. */
  Q8_0(FormatId.Q8_0, "q8", Byte.BYTES, 32);

  /** Elements that share a scale. */
  static final int SCALED = 32;

  private final FormatId id;
  private final String suffix;
  private final int elementBytes;
  private final int granule;

  CacheFormat(FormatId id, String suffix, int elementBytes, int granule) {
    this.id = id;
    this.suffix = suffix;
    this.elementBytes = elementBytes;
    this.granule = granule;
  }

  /**
   * The format of a cache.
   *
   * @throws InvalidRequestException if there is none such
   */
  static CacheFormat of(CacheShape shape) {
    if (!shape.keys().equals(shape.values())) {
      throw refusal(
          "keys as %s and values as %s cannot be kept together"
              .formatted(shape.keys(), shape.values()),
          "Keep both as F16, Q8_0 or F32.");
    }
    for (CacheFormat format : values()) {
      if (format.id.equals(shape.keys())) {
        if (format.scaled() && shape.headDim() % SCALED != 0) {
          throw refusal(
              "heads of %d elements cannot be kept as Q8_0".formatted(shape.headDim()),
              "Keep keys and values as F16.");
        }
        return format;
      }
    }
    throw refusal(
        "keys and values cannot be kept as %s".formatted(shape.keys()),
        "Keep them as F16, Q8_0 or F32.");
  }

  private static InvalidRequestException refusal(String reason, String remedy) {
    return new InvalidRequestException(ErrorLocation.subject("cache"), reason, remedy);
  }

  /** What names of kernels end in. */
  String suffix() {
    return suffix;
  }

  int elementBytes() {
    return elementBytes;
  }

  boolean scaled() {
    return this == Q8_0;
  }

  /** Elements from one head to the next. */
  int headStride(int headDim) {
    return (headDim + granule - 1) / granule * granule;
  }
}
