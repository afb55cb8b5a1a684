package io.quant4j.cli;

import io.quant4j.api.Quantizer;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.cli.Converters.TensorType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What each tensor becomes. */
final class RecipeOptions {
  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description =
          "File type by name, such as Q4_K_M, Q8_0 or F16, or by its number in GGUF; COPY keeps "
              + "the formats. Needed unless a size is given.")
  private Optional<String> type = Optional.empty();

  @Option(
      names = "--tensor-type",
      paramLabel = "REGEX=TYPE",
      converter = TensorType.Converter.class,
      description =
          "Format of the tensors whose name contains a match, such as ffn_down=Q6_K. "
              + "May be repeated; the first match wins.")
  private List<TensorType> tensorTypes = List.of();

  @Option(
      names = "--tensor-type-file",
      paramLabel = "FILE",
      description = "Text file of further REGEX=TYPE, separated by white space.")
  private List<Path> tensorTypeFiles = List.of();

  @Option(
      names = "--output-tensor-type",
      paramLabel = "TYPE",
      converter = Converters.Format.class,
      description = "Format of the output matrix.")
  private Optional<FormatId> outputType = Optional.empty();

  @Option(
      names = "--token-embedding-type",
      paramLabel = "TYPE",
      converter = Converters.Format.class,
      description = "Format of the token embedding.")
  private Optional<FormatId> embeddingType = Optional.empty();

  @Option(names = "--leave-output-tensor", description = "Lets the output matrix keep its format.")
  private boolean leaveOutput;

  @Option(
      names = "--pure",
      description = "Gives every matrix the type's base format instead of its mix.")
  private boolean pure;

  Optional<String> type() {
    return type;
  }

  void apply(Quantizer.Builder builder) {
    type.ifPresent(builder::fileType);
    builder.pure(pure).leaveOutput(leaveOutput);
    tensorTypes.forEach(t -> builder.override(t.regex(), t.format()));
    tensorTypeFiles.forEach(builder::overridesOf);
    outputType.ifPresent(builder::outputFormat);
    embeddingType.ifPresent(builder::embeddingFormat);
  }
}
