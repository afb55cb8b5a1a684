package io.quant4j.core.quantize;

import io.quant4j.api.tensor.FormatId;
import java.util.List;

/**
 * Decides which format each matrix of a model gets, all at once. Whether rows fit its blocks is
 * seen to later, so a wanted format may still become another.
 */
@FunctionalInterface
interface FormatAssignment {

  /**
   * Assigns formats.
   *
   * @param matrices in the order of the file
   * @return one format per matrix, in the same order; {@link Matrix#fixed()} where there is one
   * @throws io.quant4j.api.error.QuantException if there is no such assignment
   */
  List<FormatId> assign(List<Matrix> matrices);

  /** Every matrix as it is stored. */
  static FormatAssignment asStored() {
    return matrices -> matrices.stream().map(m -> m.fixed().orElseGet(m::storedFormat)).toList();
  }
}
