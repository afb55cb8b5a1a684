package io.quant4j.cli;

import io.quant4j.api.Quantizer;
import io.quant4j.api.model.MetadataValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TARGET",
      description =
          "File to write: NAME.gguf; ggml-model-TYPE.gguf beside the source if not given.")
  private Optional<Path> target = Optional.empty();

  @Mixin private RecipeOptions recipe;
  @Mixin private SizeOptions size;
  @Mixin private ImportanceOptions importance;

  @Option(
      names = "--prune-layers",
      paramLabel = "N",
      split = ",",
      description = "Leaves decoder layers out, such as 3,7,8; those behind move up.")
  private List<Integer> prunedLayers = List.of();

  @Option(
      names = "--override-kv",
      paramLabel = "KEY=TYPE:VALUE",
      converter = MetadataOverride.Converter.class,
      description =
          "Writes a metadata value instead of the model's own; TYPE is int, float, bool or str. "
              + "May be repeated.")
  private List<MetadataOverride> overrides = List.of();

  @Mixin private SplitOptions split;

  @Option(
      names = "--keep-split",
      description = "Writes as many files as the source has, each with the same tensors.")
  private boolean keepSplit;

  @Option(
      names = "--algorithm",
      paramLabel = "NAME",
      description = "How codes are chosen; rtn (round to nearest) if not given.")
  private Optional<String> algorithm = Optional.empty();

  @Option(
      names = "--allow-requantize",
      description = "Allows a source that is quantized already; the errors of both rounds add up.")
  private boolean allowRequantize;

  @Mixin private QuantizerRun run;

  @Override
  public Integer call() {
    if (recipe.type().isEmpty() && !size.given()) {
      throw new ParameterException(
          spec.commandLine(),
          "Missing option: '--type=TYPE', or a size by '--bits-per-weight' or '--model-size'");
    }
    Quantizer.Builder builder =
        Quantizer.builder()
            .source(source)
            .target(target.orElseGet(this::besideSource))
            .allowRequantize(allowRequantize)
            .keepSplit(keepSplit);
    recipe.apply(builder);
    size.apply(builder);
    importance.apply(builder);
    split.apply(builder);
    prunedLayers.forEach(builder::pruneLayer);
    overrides.forEach(o -> builder.metadata(o.key(), o.value()));
    algorithm.ifPresent(builder::algorithm);
    return run.execute(builder, root, spec);
  }

  private Path besideSource() {
    return source
        .toAbsolutePath()
        .normalize()
        .resolveSibling(
            "ggml-model-" + recipe.type().orElse("sized").toUpperCase(Locale.ROOT) + ".gguf");
  }

  /**
   * A metadata value.
   *
   * @param key as GGUF spells it
   * @param value what is written
   */
  record MetadataOverride(String key, MetadataValue value) {

    /** Reads {@code KEY=TYPE:VALUE}. */
    static final class Converter implements ITypeConverter<MetadataOverride> {
      @Override
      public MetadataOverride convert(String text) {
        int separator = text.indexOf('=');
        if (separator <= 0) {
          throw new TypeConversionException("'" + text + "' is not KEY=TYPE:VALUE");
        }
        return new MetadataOverride(
            text.substring(0, separator),
            Converters.parsed(() -> MetadataValue.parse(text.substring(separator + 1))));
      }
    }
  }
}
