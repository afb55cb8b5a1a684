package io.quant4j.core.kernel;

import java.util.List;
import java.util.function.Consumer;

/** Runs operations on their vectors, prepared for the kernels or not. */
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
      new Preparation() {
        @Override
        public void with(List<Input> inputs, Consumer<List<HostVectors>> action) {
          action.accept(inputs.stream().map(in -> HostVectors.plain(in.x(), in.batch())).toList());
        }

        @Override
        public void with(Input input, Consumer<HostVectors> action) {
          action.accept(HostVectors.plain(input.x(), input.batch()));
        }
      };

  /**
   * Runs an operation.
   *
   * @param action gets the vectors of each input; they are its own until it returns
   */
  void with(List<Input> inputs, Consumer<List<HostVectors>> action);

  /** The same with a single input, as nearly all operations have: makes little garbage. */
  void with(Input input, Consumer<HostVectors> action);

  /** The same. */
  default void with(
      List<HostWeight> weights, HostBuffer x, int batch, Consumer<HostVectors> action) {
    with(new Input(weights, x, batch), action);
  }
}
