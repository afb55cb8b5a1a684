package io.quant4j.core.quantize;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.tensor.FormatId;
import java.util.List;

/**
 * Everything decided before the first byte is written.
 *
 * @param contents what the container is told
 * @param tensors in the order of {@link CheckpointContents#tensors()}
 * @param withoutImportance names of tensors that the importance matrix in use should know
 * @param needs tensors that are garbage without importance, and have none
 */
record QuantizationPlan(
    CheckpointContents contents,
    List<TensorPlan> tensors,
    List<String> withoutImportance,
    List<Need> needs) {

  /**
   * A tensor that needs importance.
   *
   * @param name in the target container
   * @param format in which it is useless without
   * @param where for errors
   */
  record Need(String name, FormatId format, ErrorLocation where) {}

  QuantizationPlan {
    tensors = List.copyOf(tensors);
    withoutImportance = List.copyOf(withoutImportance);
    needs = List.copyOf(needs);
  }

  /**
   * Returns this plan if it can be followed.
   *
   * @throws InvalidRequestException if a tensor needs importance that it does not have
   */
  QuantizationPlan requireImportance() {
    if (!needs.isEmpty()) {
      Need first = needs.getFirst();
      throw new InvalidRequestException(
          first.where(),
          first.format()
              + " is useless without an importance matrix"
              + (contents.importance().isPresent() ? ", and the one given does not know this" : ""),
          "Give an importance matrix of this model, choose a file type of more bits, or override"
              + " the format of this tensor.");
    }
    return this;
  }
}
