package io.quant4j.cli;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.error.OperationCancelledException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quant4j imatrix}. */
@Command(
    name = "imatrix",
    description = {
      "Collects an importance matrix, which quantization uses to keep what matters.",
      "Without --file, merges, converts or describes those given with --in-file."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class ImatrixCommand implements Callable<Integer> {
  private static final int USUAL_CONTEXT = 512;
  private static final Set<String> FORMATS = Set.of("gguf", "dat");

  @ParentCommand private Quant4jCommand root;
  @Spec private CommandSpec spec;
  @Mixin private LoadingOptions loading;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "GGUF file or Hugging Face directory; needed with --file.")
  private Optional<Path> model = Optional.empty();

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "UTF-8 text to run through the model; - reads standard input.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "File to write: NAME.gguf or NAME.dat.")
  private Optional<Path> output = Optional.empty();

  @Option(
      names = "--output-format",
      paramLabel = "FORMAT",
      description = "gguf or dat (legacy); by the name of the file if not given.")
  private Optional<String> outputFormat = Optional.empty();

  @Option(
      names = "--in-file",
      paramLabel = "FILE",
      description = "Importance matrix to add or to continue. May be repeated.")
  private List<Path> inFiles = new ArrayList<>();

  @Option(
      names = "--context",
      paramLabel = "N",
      description = "Tokens of a window, also of legacy files; 512 if not given.")
  private int context = USUAL_CONTEXT;

  @Mixin private CalibrationOptions calibration;

  @Option(
      names = "--show-statistics",
      description = "Prints figures of every tensor and layer of the result.")
  private boolean showStatistics;

  @Option(names = "--json", description = "Prints the result as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    check();
    Optional<ImportanceMatrix> before = before();
    ImportanceMatrix matrix;
    if (file.isPresent()) {
      Calibration run = new Calibration(before, context, output.orElseThrow(), this::write);
      try {
        matrix = calibrate(run, file.get());
      } catch (OperationCancelledException e) {
        if (run.saved() == 0) {
          throw e;
        }
        Failures.print(spec.commandLine().getErr(), run.howToContinue());
        return ExitStatus.INTERRUPTED;
      }
    } else {
      matrix = before.orElseThrow();
    }
    output.ifPresent(_ -> write(matrix));
    print(matrix);
    return ExitStatus.OK;
  }

  /** Reports a combination of options that means nothing, before anything is read. */
  private void check() {
    require(file.isPresent() || !inFiles.isEmpty(), "neither --file nor --in-file is given");
    require(file.isEmpty() || model.isPresent(), "--file needs a MODEL to run the text through");
    require(file.isEmpty() || output.isPresent(), "--file needs an --output");
    require(
        output.isPresent() || showStatistics, "neither --output nor --show-statistics is given");
    require(context > 0, "--context must be at least 1");
    // Hours of work must not end in a name that cannot be written.
    output.ifPresent(this::checkOutput);
  }

  private void checkOutput(Path target) {
    require(
        FORMATS.contains(outputFormat.orElse(extension(target))),
        "--output must end in .gguf or .dat, or --output-format be gguf or dat");
    Path directory = target.toAbsolutePath().getParent();
    require(
        directory != null && Files.isDirectory(directory),
        "the directory of --output does not exist");
  }

  private static String extension(Path target) {
    String name = target.toString().toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), otherwise);
    }
  }

  private Optional<ImportanceMatrix> before() {
    if (inFiles.isEmpty()) {
      return Optional.empty();
    }
    List<ImportanceMatrix> parts =
        inFiles.stream().map(path -> ImportanceMatrix.read(path).withChunkTokens(context)).toList();
    return Optional.of(ImportanceMatrix.merge(parts));
  }

  private ImportanceMatrix calibrate(Calibration run, Path text) {
    return run.collect(
        model.map(loading::load).orElseThrow(),
        text,
        calibration,
        root.interruption(),
        spec.commandLine().getErr());
  }

  private void write(ImportanceMatrix matrix) {
    Path target = output.orElseThrow();
    outputFormat.ifPresentOrElse(
        format -> matrix.write(target, format), () -> matrix.write(target));
  }

  private void print(ImportanceMatrix matrix) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(out, ImportancePrinter.json(matrix, output, showStatistics));
    } else {
      ImportancePrinter.print(matrix, output, showStatistics, out);
    }
  }
}
