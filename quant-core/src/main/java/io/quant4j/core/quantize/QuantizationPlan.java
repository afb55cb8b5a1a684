package io.quant4j.core.quantize;

import io.quant4j.api.spi.CheckpointContents;
import java.util.List;

/**
 * Everything decided before the first byte is written.
 *
 * @param contents what the container is told
 * @param tensors in the order of {@link CheckpointContents#tensors()}
 */
record QuantizationPlan(CheckpointContents contents, List<TensorPlan> tensors) {
  QuantizationPlan {
    tensors = List.copyOf(tensors);
  }
}
