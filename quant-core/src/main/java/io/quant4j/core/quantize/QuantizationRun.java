package io.quant4j.core.quantize;

import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizationReport.TensorReport;
import io.quant4j.api.QuantizerOptions;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MissingExtensionException;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.spi.QuantizationAlgorithm;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.core.discovery.Extensions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Quantizes a model from file to file. */
public final class QuantizationRun {
  private QuantizationRun() {}

  /**
   * Does what {@link io.quant4j.api.Quantizer#run()} promises.
   *
   * @param kernels faster encoders and decoders where it has them; the formats' own otherwise
   * @throws io.quant4j.api.error.QuantException if it cannot be done; the target is then as it was
   *     before
   */
  public static QuantizationReport run(QuantizerOptions options, HostKernels kernels) {
    Extensions extensions = Extensions.installed();
    FileTypes.named(options.recipe().fileType()); // a wrong name is told before anything is opened
    QuantizationAlgorithm algorithm = extensions.algorithm(options.algorithm());
    CheckpointWriter writer = writer(options.target(), extensions);
    requireDirectory(options.target());
    try (Checkpoint source = Checkpoints.open(options.source())) {
      return run(options, source, writer, algorithm, Codecs.of(extensions, kernels));
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
  static QuantizationReport run(
      QuantizerOptions options,
      Checkpoint checkpoint,
      CheckpointWriter writer,
      QuantizationAlgorithm algorithm,
      Codecs codecs) {
    long start = System.nanoTime();
    Checkpoint source = StackedCheckpoint.of(checkpoint);
    QuantizationPlan plan = new Planner(options, source, writer, algorithm, codecs).plan();
    List<TensorWork> works = TensorWorks.of(plan, source, algorithm, codecs);
    try (CheckpointOutput output = writer.create(options.target(), plan.contents())) {
      TensorWriting writing =
          new TensorWriting(
              plan.tensors(), works, output, options.cancellation(), options.listener());
      writing.run(options.threads());
      long fileBytes = output.commit();
      return new QuantizationReport(
          options.target(),
          plan.contents().fileType().orElseThrow(),
          reports(plan.tensors(), writing),
          fileBytes,
          Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static List<TensorReport> reports(List<TensorPlan> plans, TensorWriting writing) {
    List<TensorReport> reports = new ArrayList<>();
    for (TensorPlan plan : plans) {
      reports.add(report(plan, writing, reports.size()));
    }
    return reports;
  }

  private static TensorReport report(TensorPlan plan, TensorWriting writing, int index) {
    PlannedTensor target = plan.target();
    FormatId sourceFormat = target.format();
    long sourceBytes = 0;
    boolean fallback = false;
    if (plan instanceof TensorPlan.FromSource stored) {
      sourceFormat = stored.source().info().format();
      sourceBytes = stored.source().info().byteSize();
      fallback = stored.fallback();
    }
    long elements = target.shape().elements();
    double rmse = elements == 0 ? 0 : Math.sqrt(writing.squaredError(index) / elements);
    return new TensorReport(
        plan.name(),
        target.shape(),
        sourceFormat,
        target.format(),
        fallback,
        sourceBytes,
        target.byteSize(),
        rmse,
        writing.time(index));
  }
}
