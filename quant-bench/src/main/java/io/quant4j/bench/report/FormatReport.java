package io.quant4j.bench.report;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.QuantizationRecipe;
import io.quant4j.api.QuantizationRecipe.FormatOverride;
import io.quant4j.api.Quantizer;
import io.quant4j.api.TensorSensitivity;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes {@code formats.md} and {@code formats.svg}: how small every format makes the model, how
 * much it costs, and how fast it is. README.md of this module tells how to run it.
 */
public final class FormatReport {
  /** Matrices of the layers. */
  private static final Pattern MATRICES =
      Pattern.compile("^blk\\.\\d+\\.(attn_(q|k|v|output)|ffn_(gate|up|down))\\.weight$");

  /** Formats without blocks that are smaller than F32; integers are not for weights. */
  private static final Set<String> PLAIN_FORMATS = Set.of("F16", "BF16");

  /** File types that models are stored in, largest first. */
  private static final List<String> FILE_TYPES =
      List.of(
          "Q8_0", "Q6_K", "Q5_1", "Q5_K_M", "Q5_K_S", "Q5_0", "Q4_1", "Q4_K_M", "Q4_K_S", "IQ4_NL",
          "Q4_0", "IQ4_XS", "Q3_K_L", "Q3_K_M", "IQ3_M", "IQ3_S", "Q3_K_S", "IQ3_XS", "Q2_K",
          "IQ3_XXS", "Q2_K_S", "IQ2_M", "IQ2_S", "IQ2_XS", "IQ2_XXS", "IQ1_M", "IQ1_S");

  /** Algorithms whose files are compared; those that are not installed are left out. */
  private static final List<String> ALGORITHMS = List.of("rtn", "optimal");

  /** Most stored bits per weight of models whose formats are chosen by a plan. */
  private static final double[] PLANNED_BITS = {2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6};

  /** What rows of plans have instead of an algorithm; its blocks are those of {@code optimal}. */
  static final String PLAN = "plan";

  private final ReportOptions options;
  private final QualityMeter meter;
  private final Optional<ImportanceMatrix> importance;

  private FormatReport(ReportOptions options, QualityMeter meter) throws IOException {
    this.options = options;
    this.meter = meter;
    if (options.importance().isPresent()) {
      importance = options.importance().map(ImportanceMatrix::read);
    } else if (options.calibration().isPresent()) {
      importance = Optional.of(meter.calibrate(options.calibration().get()));
    } else {
      importance = Optional.empty();
    }
  }

  /**
   * Measures and writes.
   *
   * @param args {@code --name value} for each of {@link ReportOptions}
   */
  public static void main(String[] args) throws IOException {
    ReportOptions options = ReportOptions.parse(args);
    Path directory = Files.createTempDirectory("formats");
    PerplexityOptions windows =
        PerplexityOptions.defaults().withContext(options.context()).withChunks(options.chunks());
    try (QualityMeter meter =
        new QualityMeter(options.model(), options.text(), windows, directory)) {
      new FormatReport(options, meter).write();
    } finally {
      deleteAll(directory);
    }
  }

  private static void deleteAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void write() throws IOException {
    UpstreamFigures upstream =
        options.upstream().isPresent()
            ? UpstreamFigures.read(options.upstream().get())
            : UpstreamFigures.none();
    FormatsPage page = new FormatsPage(options, upstream, fileTypes(), formats());
    Files.createDirectories(options.output());
    Files.writeString(options.output().resolve("formats.md"), page.markdown());
    Files.writeString(options.output().resolve("formats.svg"), page.plot());
  }

  private List<FileTypeRow> fileTypes() throws IOException {
    List<FileTypeRow> rows = new ArrayList<>();
    for (String algorithm : ALGORITHMS) {
      for (String fileType : FILE_TYPES) {
        Comparison measured = measure(QuantizationRecipe.of(fileType), algorithm);
        if (measured.plain().isPresent() || measured.weighted().isPresent()) {
          rows.add(new FileTypeRow(fileType, algorithm, measured));
        }
      }
    }
    rows.addAll(plans());
    return rows;
  }

  /** Formats chosen for a size, by the sensitivity of the matrices if there is a text for it. */
  private List<FileTypeRow> plans() throws IOException {
    List<FileTypeRow> rows = new ArrayList<>();
    Optional<TensorSensitivity> sensitivity =
        options.calibration().isPresent()
            ? Optional.of(meter.measureSensitivity(options.calibration().get(), importance))
            : Optional.empty();
    for (double bits : PLANNED_BITS) {
      Comparison measured =
          measure(builder -> {
            builder.targetBitsPerWeight(bits).algorithm("optimal");
            sensitivity.ifPresent(builder::sensitivity);
          });
      if (measured.plain().isPresent() || measured.weighted().isPresent()) {
        rows.add(new FileTypeRow(bits + " bits", PLAN, measured));
      }
    }
    return rows;
  }

  private List<FormatRow> formats() {
    CodecSpeed speed = new CodecSpeed();
    List<FormatRow> rows = new ArrayList<>();
    ServiceLoader.load(BlockFormat.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(FormatReport::isForWeights)
        .sorted(Comparator.comparing(BlockFormat::bitsPerWeight).reversed())
        .forEach(format -> {
          Comparison measured = measure(onlyMatrices(format.id()), "rtn");
          rows.add(FormatRow.of(format, measured, speed));
        });
    return rows;
  }

  private static boolean isForWeights(BlockFormat format) {
    return format.blockElements() > 1 || PLAIN_FORMATS.contains(format.id().name());
  }

  private static QuantizationRecipe onlyMatrices(FormatId format) {
    return QuantizationRecipe.of("F32").with(new FormatOverride(MATRICES, format));
  }

  private Comparison measure(QuantizationRecipe recipe, String algorithm) {
    return measure(builder -> builder.recipe(recipe).algorithm(algorithm));
  }

  private Comparison measure(Consumer<Quantizer.Builder> settings) {
    return new Comparison(
        meter.measure(settings),
        importance.flatMap(matrix ->
            meter.measure(settings.andThen(builder -> builder.importanceMatrix(matrix)))));
  }
}
