package io.quant4j.cli;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.Quantizer;
import io.quant4j.api.tensor.FormatId;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code quant4j quantize}. */
@Command(name = "quantize", description = "Writes a quantized copy of a model.")
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class QuantizeCommand implements Callable<Integer> {
  @ParentCommand private Quant4jCommand root;
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "SOURCE",
      description = "Hugging Face directory, safetensors file or GGUF file.")
  private Path source;

  @Parameters(index = "1", paramLabel = "TARGET", description = "File to write: NAME.gguf.")
  private Path target;

  @Option(
      names = "--type",
      required = true,
      paramLabel = "TYPE",
      description = "File type, such as Q4_K_M, Q8_0 or F16.")
  private String type;

  @Option(
      names = "--tensor-type",
      paramLabel = "REGEX=TYPE",
      converter = TensorType.Converter.class,
      description =
          "Format of the tensors whose name contains a match, such as ffn_down=Q6_K. "
              + "May be repeated; the first match wins.")
  private List<TensorType> tensorTypes = List.of();

  @Option(
      names = "--output-tensor-type",
      paramLabel = "TYPE",
      converter = FormatConverter.class,
      description = "Format of the output matrix.")
  private Optional<FormatId> outputType = Optional.empty();

  @Option(
      names = "--token-embedding-type",
      paramLabel = "TYPE",
      converter = FormatConverter.class,
      description = "Format of the token embedding.")
  private Optional<FormatId> embeddingType = Optional.empty();

  @Option(
      names = "--pure",
      description = "Gives every matrix the type's base format instead of its mix.")
  private boolean pure;

  @Option(
      names = "--algorithm",
      paramLabel = "NAME",
      description = "How codes are chosen; rtn (round to nearest) if not given.")
  private Optional<String> algorithm = Optional.empty();

  @Option(
      names = "--allow-requantize",
      description = "Allows a source that is quantized already; the errors of both rounds add up.")
  private boolean allowRequantize;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that work; all processors if not given.")
  private Optional<Integer> threads = Optional.empty();

  @Option(names = "--json", description = "Prints the report of every tensor as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    CancellationToken cancellation = new CancellationToken();
    QuantizationReport report;
    try (Interruption.Stretch _ = root.interruption().during(cancellation::cancel);
        ProgressLine progress = ProgressLine.on(spec.commandLine().getErr())) {
      report = quantizer(cancellation, progress).run();
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(out, QuantizationReportPrinter.json(report));
    } else {
      QuantizationReportPrinter.print(report, out);
    }
    return ExitStatus.OK;
  }

  private Quantizer quantizer(CancellationToken cancellation, ProgressLine progress) {
    Quantizer.Builder builder =
        Quantizer.builder()
            .source(source)
            .target(target)
            .fileType(type)
            .pure(pure)
            .allowRequantize(allowRequantize)
            .cancellation(cancellation)
            .listener(progress);
    tensorTypes.forEach(t -> builder.override(t.regex(), t.format()));
    outputType.ifPresent(builder::outputFormat);
    embeddingType.ifPresent(builder::embeddingFormat);
    algorithm.ifPresent(builder::algorithm);
    threads.ifPresent(builder::threads);
    return builder.build();
  }

  /**
   * An exception by name.
   *
   * @param regex found anywhere in the tensor's name
   * @param format what such tensors become
   */
  record TensorType(String regex, FormatId format) {

    /** Reads {@code REGEX=TYPE}; the last equals sign separates. */
    static final class Converter implements ITypeConverter<TensorType> {
      @Override
      public TensorType convert(String value) {
        int separator = value.lastIndexOf('=');
        if (separator <= 0) {
          throw new TypeConversionException("'" + value + "' is not REGEX=TYPE");
        }
        return new TensorType(
            value.substring(0, separator),
            new FormatConverter().convert(value.substring(separator + 1)));
      }
    }
  }

  /** Reads a format name in any letter case. */
  static final class FormatConverter implements ITypeConverter<FormatId> {
    @Override
    public FormatId convert(String value) {
      try {
        return new FormatId(value.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
