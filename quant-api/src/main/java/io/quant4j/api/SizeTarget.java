package io.quant4j.api;

/** How large a quantized model may become. */
public sealed interface SizeTarget {

  /**
   * Most stored bits per element over all tensors, as {@link QuantizationReport#bitsPerWeight()}
   * counts them.
   */
  record BitsPerWeight(double bits) implements SizeTarget {
    public BitsPerWeight {
      if (!(bits > 0 && bits <= 32)) {
        throw Options.invalid(
            "targetBitsPerWeight", "must be above 0 and at most 32, not " + bits, "Try 4.5.");
      }
    }
  }

  /** Most bytes of all files together, as {@link QuantizationReport#fileBytes()} counts them. */
  record Bytes(long bytes) implements SizeTarget {
    public Bytes {
      if (bytes < 1) {
        throw Options.invalid(
            "targetBytes", "must be positive, not " + bytes, "Give the size in bytes.");
      }
    }
  }
}
