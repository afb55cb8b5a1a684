package io.quant4j.core.kernel;

import java.util.List;
import java.util.function.Consumer;

/** Runs operations on their vectors, prepared for the kernels or not. */
@FunctionalInterface
interface Preparation {

  /**
   * Vectors of an operation.
   *
   * @param weights matrices that they are multiplied with, (rows of each, cols)
   * @param x (batch, cols)
   */
  record Input(List<HostWeight> weights, HostBuffer x, int batch) {

    int cols() {
      return weights.getFirst().cols();
    }
  }

  /** Prepares nothing. */
  Preparation NONE =
      (inputs, action) ->
          action.accept(inputs.stream().map(in -> HostVectors.plain(in.x(), in.batch())).toList());

  /**
   * Runs an operation.
   *
   * @param action gets the vectors of each input; they are its own until it returns
   */
  void with(List<Input> inputs, Consumer<List<HostVectors>> action);

  /** Runs an operation with a single input. */
  default void with(
      List<HostWeight> weights, HostBuffer x, int batch, Consumer<HostVectors> action) {
    with(List.of(new Input(weights, x, batch)), vectors -> action.accept(vectors.getFirst()));
  }
}
