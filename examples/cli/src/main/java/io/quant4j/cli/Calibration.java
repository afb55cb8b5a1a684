package io.quant4j.cli;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceOptions;
import io.quant4j.api.Model;
import io.quant4j.api.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** One run of a text through a model, with the snapshots that it leaves on the way. */
final class Calibration {
  private final Optional<ImportanceMatrix> before;
  private final int context;
  private final Path output;
  private final Consumer<ImportanceMatrix> writer;
  private int firstChunk;
  private int saved;
  private String lastItem = "";

  /**
   * @param before what was collected earlier
   * @param output where snapshots go
   * @param writer writes them there
   */
  Calibration(
      Optional<ImportanceMatrix> before,
      int context,
      Path output,
      Consumer<ImportanceMatrix> writer) {
    this.before = before;
    this.context = context;
    this.output = output;
    this.writer = writer;
  }

  /**
   * Runs a text through a model.
   *
   * @param loaded closed in the end
   */
  ImportanceMatrix collect(
      Model loaded,
      Path text,
      CalibrationOptions calibration,
      Interruption interruption,
      PrintWriter err) {
    CancellationToken cancellation = new CancellationToken();
    firstChunk = calibration.fromChunk();
    ImportanceMatrix matrix;
    try (Model model = loaded;
        Interruption.Stretch _ = interruption.during(cancellation::cancel);
        ProgressLine line = ProgressLine.on(err)) {
      ImportanceOptions options =
          withSnapshots(calibration)
              .withContext(context)
              .withDataset(text.toString())
              .withCancellation(cancellation)
              .withListener(progress -> show(progress, line));
      options = before.map(options::withResumeFrom).orElse(options);
      matrix = model.collectImportance(TextFiles.read(text), options);
    }
    err.println("quant4j: " + lastItem);
    err.flush();
    return matrix;
  }

  private ImportanceOptions withSnapshots(CalibrationOptions calibration) {
    ImportanceOptions options = calibration.options();
    return calibration
        .saveEvery()
        .map(every ->
            options.withSnapshots(
                every,
                soFar -> {
                  writer.accept(soFar);
                  saved += every;
                }))
        .orElse(options);
  }

  private void show(Progress progress, ProgressLine line) {
    lastItem = progress.item();
    line.progressed(progress);
  }

  /** Windows of this run that are on disk. */
  int saved() {
    return saved;
  }

  /** What to say if the run was interrupted after it saved something. */
  String howToContinue() {
    return "the calibration was cancelled; %d windows are in %s. Continue with --in-file %s --from-chunk %d."
        .formatted(saved, output, output, firstChunk + saved);
  }
}
