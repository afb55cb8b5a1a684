package io.quant4j.api.spi;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.tensor.Shape;

/**
 * A tensor that an architecture expects.
 *
 * @param role what it does
 * @param shape exact shape, outermost first
 * @param required whether the model is incomplete without it
 * @param huggingFaceName name in Hugging Face checkpoints of this architecture
 */
public record TensorSpec(TensorRole role, Shape shape, boolean required, String huggingFaceName) {}
