package io.quant4j.core.quantize;

import io.quant4j.api.tensor.FormatId;
import java.util.List;

/**
 * The mix of a file type, or its base format only. An embedding that serves as output matrix too is
 * treated as one.
 *
 * <p>A matrix with a fixed format still counts as one of its kind, unlike in llama.cpp: an
 * exception does not change what other layers get.
 */
final class FileTypeMix implements FormatAssignment {
  private final FileType fileType;
  private final boolean pure;
  private final Codecs codecs;

  /**
   * @param pure whether every matrix gets the base format
   */
  FileTypeMix(FileType fileType, boolean pure, Codecs codecs) {
    this.fileType = fileType;
    this.pure = pure;
    this.codecs = codecs;
  }

  @Override
  public List<FormatId> assign(List<Matrix> matrices) {
    boolean tied = matrices.stream().noneMatch(m -> m.kind() == MatrixKind.OUTPUT);
    return matrices.stream().map(m -> m.fixed().orElseGet(() -> choose(m, tied))).toList();
  }

  private FormatId choose(Matrix matrix, boolean tied) {
    if (fileType.plain() || (pure && !impossible(matrix))) {
      return fileType.base();
    }
    boolean output =
        matrix.kind() == MatrixKind.OUTPUT || (tied && matrix.kind() == MatrixKind.TOKEN_EMBEDDING);
    if (!output) {
      return fileType.choose(matrix.situation());
    }
    boolean fits =
        ShapeFallback.fits(codecs.require(fileType.base(), matrix.where()), matrix.cols());
    return fileType.chooseOutput(matrix.situation(), fits);
  }

  /**
   * Whether the base format cannot be made of this matrix. It happens to embedding and output
   * matrix, which calibration rarely sees; llama.cpp ends the process then, and here they get what
   * the mix gives them.
   */
  private boolean impossible(Matrix matrix) {
    boolean unseen =
        matrix.kind() == MatrixKind.TOKEN_EMBEDDING || matrix.kind() == MatrixKind.OUTPUT;
    return unseen
        && matrix.importance().isEmpty()
        && codecs.require(fileType.base(), matrix.where()).requiresImportance();
  }
}
