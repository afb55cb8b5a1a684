package io.quant4j.cli;

import io.quant4j.api.Quantizer;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Over how many files a model is spread. */
final class SplitOptions {
  @Option(
      names = {"--max-tensors", "--split-max-tensors"},
      paramLabel = "N",
      description = "Begins a new file after every N tensors.")
  private Optional<Integer> maxTensors = Optional.empty();

  @Option(
      names = {"--max-size", "--split-max-size"},
      paramLabel = "N(M|G)",
      converter = Converters.Size.class,
      description = "Begins a new file before its tensors exceed so many megabytes or gigabytes.")
  private Optional<Long> maxSize = Optional.empty();

  @Option(
      names = "--no-tensor-first-split",
      description = "Leaves only metadata in the first file.")
  private boolean emptyFirst;

  /** Whether a limit was given. */
  boolean given() {
    return maxTensors.isPresent() || maxSize.isPresent();
  }

  void apply(Quantizer.Builder builder) {
    maxTensors.ifPresent(builder::splitMaxTensors);
    maxSize.ifPresent(builder::splitMaxBytes);
    builder.emptyFirstFile(emptyFirst);
  }
}
