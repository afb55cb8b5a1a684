package io.quant4j.core.quantize;

import io.quant4j.api.QuantizationPreview;
import io.quant4j.api.QuantizationPreview.TensorPreview;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizationReport.OutputFile;
import io.quant4j.api.QuantizationReport.TensorReport;
import io.quant4j.api.spi.PlannedFile;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.tensor.FormatId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Tells users what became, or would become, of each tensor. */
final class Reports {
  private Reports() {}

  /** A run that is done. */
  static QuantizationReport finished(
      String fileType,
      QuantizationPlan plan,
      List<PlannedFile> files,
      TensorWriting writing,
      Duration elapsed) {
    List<TensorReport> tensors = new ArrayList<>();
    for (TensorPlan tensor : plan.tensors()) {
      tensors.add(report(preview(tensor), writing, tensors.size()));
    }
    return new QuantizationReport(
        files.getFirst().path(),
        fileType,
        tensors,
        outputs(files),
        plan.withoutImportance(),
        elapsed);
  }

  /** A run that is only planned. */
  static QuantizationPreview preview(
      String fileType, QuantizationPlan plan, List<PlannedFile> files) {
    return new QuantizationPreview(
        fileType,
        plan.tensors().stream().map(Reports::preview).toList(),
        outputs(files),
        plan.withoutImportance(),
        plan.needs().stream().map(QuantizationPlan.Need::name).toList());
  }

  private static List<OutputFile> outputs(List<PlannedFile> files) {
    return files.stream().map(f -> new OutputFile(f.path(), f.byteSize())).toList();
  }

  private static TensorPreview preview(TensorPlan plan) {
    PlannedTensor target = plan.target();
    FormatId sourceFormat = target.format();
    long sourceBytes = 0;
    boolean fallback = false;
    if (plan instanceof TensorPlan.FromSource stored) {
      sourceFormat = stored.source().info().format();
      sourceBytes = stored.source().info().byteSize();
      fallback = stored.fallback();
    }
    return new TensorPreview(
        plan.name(),
        target.shape(),
        sourceFormat,
        target.format(),
        fallback,
        sourceBytes,
        target.byteSize());
  }

  private static TensorReport report(TensorPreview plan, TensorWriting writing, int index) {
    long elements = plan.shape().elements();
    double rmse = elements == 0 ? 0 : Math.sqrt(writing.squaredError(index) / elements);
    return new TensorReport(
        plan.name(),
        plan.shape(),
        plan.sourceFormat(),
        plan.targetFormat(),
        plan.fallback(),
        plan.sourceBytes(),
        plan.targetBytes(),
        rmse,
        writing.time(index));
  }
}
