package io.quant4j.api;

import io.quant4j.api.QuantizationReport.OutputFile;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.util.List;

/**
 * What would become of each tensor; nothing was written. All sizes are exact.
 *
 * @param fileType the recipe's file type
 * @param tensors in the order of the file
 * @param files everything that would be written
 * @param withoutImportance tensors that the importance matrix should weight but has no entry for;
 *     empty if none was given
 * @param needingImportance tensors for which the quantization itself would be refused, because
 *     their format is useless without importance
 */
public record QuantizationPreview(
    String fileType,
    List<TensorPreview> tensors,
    List<OutputFile> files,
    List<String> withoutImportance,
    List<String> needingImportance) {

  public QuantizationPreview {
    tensors = List.copyOf(tensors);
    files = List.copyOf(files);
    withoutImportance = List.copyOf(withoutImportance);
    needingImportance = List.copyOf(needingImportance);
  }

  /** Size of the files together. */
  public long fileBytes() {
    return files.stream().mapToLong(OutputFile::bytes).sum();
  }

  /**
   * The formats that matrices would change to, as exceptions from any recipe, one a line: a plan to
   * be kept, looked at, changed and given to {@link
   * QuantizationRecipe.FormatOverride#read(java.nio.file.Path)} or to {@code llama-quantize
   * --tensor-type-file}.
   */
  public String overrides() {
    StringBuilder lines = new StringBuilder();
    for (TensorPreview tensor : tensors) {
      boolean changed = !tensor.targetFormat().equals(tensor.sourceFormat());
      if (changed && tensor.shape().rank() > 1 && !tensor.targetFormat().equals(FormatId.F32)) {
        String regex = "^" + tensor.name().replace(".", "\\.") + "$";
        lines.append(regex).append('=').append(tensor.targetFormat()).append('\n');
      }
    }
    return lines.toString();
  }

  /** Elements of all tensors. */
  public long elements() {
    return tensors.stream().mapToLong(t -> t.shape().elements()).sum();
  }

  /** Stored bytes of all tensors before. */
  public long sourceBytes() {
    return tensors.stream().mapToLong(TensorPreview::sourceBytes).sum();
  }

  /** Stored bytes of all tensors after. */
  public long targetBytes() {
    return tensors.stream().mapToLong(TensorPreview::targetBytes).sum();
  }

  /** Stored bits per element over all tensors. */
  public double bitsPerWeight() {
    return elements() == 0 ? 0 : 8.0 * targetBytes() / elements();
  }

  /**
   * One tensor.
   *
   * @param name in the target container
   * @param shape outermost first
   * @param sourceFormat before
   * @param targetFormat after
   * @param fallback whether the recipe's format does not fit the shape and another is taken
   * @param sourceBytes stored bytes before
   * @param targetBytes stored bytes after
   */
  public record TensorPreview(
      String name,
      Shape shape,
      FormatId sourceFormat,
      FormatId targetFormat,
      boolean fallback,
      long sourceBytes,
      long targetBytes) {

    /** Stored bits per element. */
    public double bitsPerWeight() {
      return shape.elements() == 0 ? 0 : 8.0 * targetBytes / shape.elements();
    }
  }
}
