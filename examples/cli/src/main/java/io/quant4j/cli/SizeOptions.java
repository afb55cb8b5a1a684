package io.quant4j.cli;

import io.quant4j.api.Quantizer;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A size, instead of the type's mix, as what decides the formats. */
final class SizeOptions {
  @Option(
      names = "--bits-per-weight",
      paramLabel = "BITS",
      description =
          "Chooses the format of each matrix for the least expected loss within so many bits per "
              + "weight; the type is then only written down.")
  private Optional<Double> bitsPerWeight = Optional.empty();

  @Option(
      names = "--model-size",
      paramLabel = "N(M|G)",
      converter = Converters.Size.class,
      description = "As --bits-per-weight, within so many megabytes or gigabytes.")
  private Optional<Long> modelSize = Optional.empty();

  boolean given() {
    return bitsPerWeight.isPresent() || modelSize.isPresent();
  }

  void apply(Quantizer.Builder builder) {
    bitsPerWeight.ifPresent(builder::targetBitsPerWeight);
    modelSize.ifPresent(builder::targetBytes);
  }
}
