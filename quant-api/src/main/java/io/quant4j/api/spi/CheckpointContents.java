package io.quant4j.api.spi;

import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TokenizerSpec;
import java.util.List;
import java.util.Optional;

/**
 * Everything of a model but its tensor data.
 *
 * @param metadata hyper-parameters, already in the writer's {@link ContainerConventions}
 * @param tokenizer the tokenizer, if any
 * @param generationDefaults recommended sampling values
 * @param fileType name of the file type as upstream spells it ({@code Q4_K_M}); empty if the mix
 *     has no name
 * @param tensors in the order in which they are laid out
 */
public record CheckpointContents(
    ModelMetadata metadata,
    Optional<TokenizerSpec> tokenizer,
    GenerationDefaults generationDefaults,
    Optional<String> fileType,
    List<PlannedTensor> tensors) {

  public CheckpointContents {
    tensors = List.copyOf(tensors);
  }
}
