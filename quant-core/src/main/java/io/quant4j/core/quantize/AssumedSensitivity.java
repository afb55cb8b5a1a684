package io.quant4j.core.quantize;

import java.util.List;

/**
 * How much errors of a matrix are taken to matter where nobody measured it: expected loss per
 * relative squared error. Errors of the logits reach the predictions in full. What a layer adds is
 * one of many parts of the residual stream; errors of the first layer pass through all others. The
 * numbers are rounded from measurements on small Llama models; only their ratios count.
 */
final class AssumedSensitivity {
  private static final double LOGITS = 1;
  private static final double EMBEDDING = 0.2;

  /** Of one kind of matrix in all layers together, the first layer not counted. */
  private static final double LAYERS = 0.04;

  private static final double FIRST_LAYER = 0.03;

  private final boolean tied;

  /**
   * @param matrices all of the model
   */
  AssumedSensitivity(List<Matrix> matrices) {
    tied = matrices.stream().noneMatch(m -> m.kind() == MatrixKind.OUTPUT);
  }

  double of(Matrix matrix) {
    return switch (matrix.kind()) {
      case OUTPUT -> LOGITS;
      case TOKEN_EMBEDDING -> tied ? LOGITS : EMBEDDING;
      default ->
          matrix.tensor().layer() == 0
              ? FIRST_LAYER
              : LAYERS / Math.max(1, matrix.situation().model().layerCount());
    };
  }
}
