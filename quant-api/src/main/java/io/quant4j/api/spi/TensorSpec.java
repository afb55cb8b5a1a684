package io.quant4j.api.spi;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.tensor.Shape;
import java.util.List;

/**
 * A tensor that an architecture expects.
 *
 * @param role what it does
 * @param shape exact shape, outermost first
 * @param required whether the model is incomplete without it
 * @param huggingFaceName name in Hugging Face checkpoints of this architecture
 * @param huggingFaceParts names under which such checkpoints store the matrices of a stack one by
 *     one, in the order of the experts; empty for everything else
 */
public record TensorSpec(
    TensorRole role,
    Shape shape,
    boolean required,
    String huggingFaceName,
    List<String> huggingFaceParts) {

  public TensorSpec {
    huggingFaceParts = List.copyOf(huggingFaceParts);
  }

  /** A tensor that Hugging Face checkpoints store whole. */
  public TensorSpec(TensorRole role, Shape shape, boolean required, String huggingFaceName) {
    this(role, shape, required, huggingFaceName, List.of());
  }
}
