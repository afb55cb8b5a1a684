package io.quant4j.core.quantize;

import io.quant4j.api.QuantizationPreview;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizerOptions;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MissingExtensionException;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.PlannedFile;
import io.quant4j.api.spi.QuantizationAlgorithm;
import io.quant4j.core.calibrate.ImportanceFiles;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.core.checkpoint.MappedTensors;
import io.quant4j.core.discovery.Extensions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Quantizes a model from file to file. */
public final class QuantizationRun {
  private static final Logger LOG = LoggerFactory.getLogger(QuantizationRun.class);

  private final QuantizerOptions options;
  private final CheckpointWriter writer;
  private final QuantizationAlgorithm algorithm;
  private final Codecs codecs;
  private final Importance importance;
  private final long start = System.nanoTime();

  /** On what is given, whatever is installed. */
  QuantizationRun(
      QuantizerOptions options,
      CheckpointWriter writer,
      QuantizationAlgorithm algorithm,
      Codecs codecs,
      Importance importance) {
    this.options = options;
    this.writer = writer;
    this.algorithm = algorithm;
    this.codecs = codecs;
    this.importance = importance;
  }

  /**
   * Does what {@link io.quant4j.api.Quantizer#run()} promises.
   *
   * @param kernels faster encoders and decoders where it has them; the formats' own otherwise
   * @throws io.quant4j.api.error.QuantException if it cannot be done; the target is then as it was
   *     before
   */
  public static QuantizationReport run(QuantizerOptions options, HostKernels kernels) {
    return onSource(options, kernels, (run, source) -> run.run(source));
  }

  /**
   * Does what {@link io.quant4j.api.Quantizer#plan()} promises.
   *
   * @param kernels as {@link #run}
   * @throws io.quant4j.api.error.QuantException if the quantization could not be done
   */
  public static QuantizationPreview plan(QuantizerOptions options, HostKernels kernels) {
    return onSource(options, kernels, (run, source) -> run.preview(source));
  }

  @FunctionalInterface
  private interface Action<R> {
    R on(QuantizationRun run, Checkpoint source);
  }

  /** What can be told wrong without opening the source is told first. */
  private static <R> R onSource(QuantizerOptions options, HostKernels kernels, Action<R> action) {
    Extensions extensions = Extensions.installed();
    QuantizationAlgorithm algorithm = extensions.algorithm(options.algorithm());
    CheckpointWriter writer = writer(options.target(), extensions);
    FileTypeChoice.of(options.recipe().fileType(), writer);
    requireDirectory(options.target());
    Importance importance =
        options
            .importance()
            .map(use -> Importance.of(use, ImportanceFiles::read))
            .orElseGet(Importance::none);
    QuantizationRun run =
        new QuantizationRun(options, writer, algorithm, Codecs.of(extensions, kernels), importance);
    try (Checkpoint source = Checkpoints.open(options.source())) {
      return action.on(run, source);
    }
  }

  private static CheckpointWriter writer(Path target, Extensions extensions) {
    return extensions.writers().stream()
        .filter(w -> w.writes(target))
        .findFirst()
        .orElseThrow(() ->
            new MissingExtensionException(
                ErrorLocation.of(target),
                "no installed container writes files of this name",
                extensions.containerRemedy()));
  }

  private static void requireDirectory(Path target) {
    if (Files.isDirectory(target)) {
      throw new InvalidRequestException(
          ErrorLocation.of(target), "the target is a directory", "Name a file in it.");
    }
    Path parent = target.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new InvalidRequestException(
          ErrorLocation.of(target),
          "the directory of the target does not exist",
          "Create " + parent + " first.");
    }
  }

  /** The run itself, on an open source that stays open. */
  QuantizationReport run(Checkpoint checkpoint) {
    try (MappedTensors mapped = MappedTensors.of(checkpoint)) {
      return mapped.read(() -> run(StackedCheckpoint.of(checkpoint), mapped));
    }
  }

  private QuantizationReport run(Checkpoint source, MappedTensors mapped) {
    QuantizationPlan plan = planned(source).requireImportance();
    List<PlannedFile> files = files(plan, source);
    tellMissing(plan);
    List<TensorWork> works = TensorWorks.of(plan, source, algorithm, codecs);
    try (CheckpointOutput output = writer.create(options.target(), plan.contents())) {
      TensorWriting writing =
          new TensorWriting(
              plan.tensors(), works, mapped, output, options.cancellation(), options.listener());
      writing.run(options.threads());
      output.commit();
      return Reports.finished(
          fileType(), plan, files, writing, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  /** What {@link #run(Checkpoint)} would do. */
  QuantizationPreview preview(Checkpoint checkpoint) {
    Checkpoint source = StackedCheckpoint.of(checkpoint);
    QuantizationPlan plan = planned(source);
    return Reports.preview(fileType(), plan, files(plan, source));
  }

  private QuantizationPlan planned(Checkpoint source) {
    return new Planner(options, source, writer, algorithm, codecs, importance).plan();
  }

  private String fileType() {
    return FileTypeChoice.of(options.recipe().fileType(), writer).name();
  }

  /** The files to be written; a source among them would be destroyed while it is read. */
  private List<PlannedFile> files(QuantizationPlan plan, Checkpoint source) {
    List<PlannedFile> files = writer.files(options.target(), plan.contents());
    for (PlannedFile file : files) {
      if (source.files().stream().anyMatch(of -> isSame(file.path(), of))) {
        throw new InvalidRequestException(
            ErrorLocation.of(file.path()),
            "the file would be written over the source",
            "Write to another directory or under another name.");
      }
    }
    return files;
  }

  private static boolean isSame(Path a, Path b) {
    try {
      return Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b);
    } catch (IOException e) {
      return false;
    }
  }

  private static void tellMissing(QuantizationPlan plan) {
    if (!plan.withoutImportance().isEmpty()) {
      LOG.warn(
          "the importance matrix has no entry for {} tensors: {}",
          plan.withoutImportance().size(),
          plan.withoutImportance());
    }
  }
}
