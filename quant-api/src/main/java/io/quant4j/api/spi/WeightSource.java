package io.quant4j.api.spi;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.tensor.TensorView;
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
}
