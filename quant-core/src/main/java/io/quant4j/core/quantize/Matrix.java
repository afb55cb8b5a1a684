package io.quant4j.core.quantize;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.tensor.FormatId;
import java.util.Optional;

/**
 * A matrix that waits for its format.
 *
 * @param tensor as the target will know it
 * @param situation what the rules of a mix may look at
 * @param fixed the format that the user wants, if he says so of this matrix
 * @param importance how much its columns matter, if that is known
 * @param where for errors
 */
record Matrix(
    NamedTensor tensor,
    Situation situation,
    Optional<FormatId> fixed,
    Optional<ColumnWeights> importance,
    ErrorLocation where) {

  MatrixKind kind() {
    return situation.kind();
  }

  FormatId storedFormat() {
    return tensor.stored().info().format();
  }

  /** Length of a row in elements. */
  long cols() {
    return tensor.shape().cols();
  }
}
