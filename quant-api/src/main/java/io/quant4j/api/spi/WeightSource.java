package io.quant4j.api.spi;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.tensor.TensorView;
import java.util.List;
import java.util.Optional;

/** The weights of a checkpoint by role, complete and of the right shapes. */
public interface WeightSource {

  /** The tensor of this role, if the checkpoint has it. */
  Optional<TensorView> find(TensorRole role);

  /**
   * The tensor of this role.
   *
   * @throws io.quant4j.api.error.MalformedModelException if the checkpoint lacks it
   */
  TensorView require(TensorRole role);

  /**
   * The matrices of a stack, in the order of the experts, in place wherever the checkpoint has
   * them.
   *
   * @param stack role of a tensor (experts, rows, cols)
   * @throws io.quant4j.api.error.MalformedModelException if the checkpoint lacks it
   */
  default List<TensorView> experts(TensorRole stack) {
    return require(stack).outerParts();
  }
}
