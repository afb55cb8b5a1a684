package io.quant4j.api;

import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What became of each tensor.
 *
 * @param target the finished file; of a split set, the first
 * @param fileType the recipe's file type
 * @param tensors in the order of the file
 * @param files everything that was written
 * @param withoutImportance tensors that the importance matrix should have weighted but has no entry
 *     for; empty if none was given
 * @param elapsed wall time of the whole run
 */
public record QuantizationReport(
    Path target,
    String fileType,
    List<TensorReport> tensors,
    List<OutputFile> files,
    List<String> withoutImportance,
    Duration elapsed) {

  public QuantizationReport {
    tensors = List.copyOf(tensors);
    files = List.copyOf(files);
    withoutImportance = List.copyOf(withoutImportance);
  }

  /** Size of the finished files together. */
  public long fileBytes() {
    return files.stream().mapToLong(OutputFile::bytes).sum();
  }

  /** Elements of all tensors. */
  public long elements() {
    return tensors.stream().mapToLong(t -> t.shape().elements()).sum();
  }

  /** Stored bytes of all tensors before. */
  public long sourceBytes() {
    return tensors.stream().mapToLong(TensorReport::sourceBytes).sum();
  }

  /** Stored bytes of all tensors after. */
  public long targetBytes() {
    return tensors.stream().mapToLong(TensorReport::targetBytes).sum();
  }

  /** Stored bits per element over all tensors. */
  public double bitsPerWeight() {
    return elements() == 0 ? 0 : 8.0 * targetBytes() / elements();
  }

  /** Root of the mean squared error over all elements that changed their format. */
  public double rmse() {
    double squares = 0;
    long count = 0;
    for (TensorReport t : tensors) {
      if (!t.sourceFormat().equals(t.targetFormat())) {
        squares += t.rmse() * t.rmse() * t.shape().elements();
        count += t.shape().elements();
      }
    }
    return count == 0 ? 0 : Math.sqrt(squares / count);
  }

  /**
   * One file.
   *
   * @param path where it lies
   * @param bytes its size
   */
  public record OutputFile(Path path, long bytes) {}

  /**
   * One tensor.
   *
   * @param name in the target container
   * @param shape outermost first
   * @param sourceFormat before
   * @param targetFormat after
   * @param fallback whether the recipe's format did not fit the shape and another was taken
   * @param sourceBytes stored bytes before
   * @param targetBytes stored bytes after
   * @param rmse root of the mean squared difference of the decoded elements, 0 for a copy
   * @param cpuTime time of all threads together
   */
  public record TensorReport(
      String name,
      Shape shape,
      FormatId sourceFormat,
      FormatId targetFormat,
      boolean fallback,
      long sourceBytes,
      long targetBytes,
      double rmse,
      Duration cpuTime) {

    /** Stored bits per element. */
    public double bitsPerWeight() {
      return shape.elements() == 0 ? 0 : 8.0 * targetBytes / shape.elements();
    }
  }
}
