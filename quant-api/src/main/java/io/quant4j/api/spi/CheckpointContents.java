package io.quant4j.api.spi;

import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.MetadataValue;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TokenizerSpec;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * @param importance the importance matrix that was used, if any
 * @param overrides values to be written under the container's own keys, whatever the rest says
 * @param tensorsPerFile how many tensors each file of a split set holds, in their order; empty for
 *     one file of the target's name
 */
public record CheckpointContents(
    ModelMetadata metadata,
    Optional<TokenizerSpec> tokenizer,
    GenerationDefaults generationDefaults,
    Optional<String> fileType,
    List<PlannedTensor> tensors,
    Optional<ImportanceOrigin> importance,
    Map<String, MetadataValue> overrides,
    List<Integer> tensorsPerFile) {

  public CheckpointContents {
    tensors = List.copyOf(tensors);
    overrides = Collections.unmodifiableMap(new LinkedHashMap<>(overrides));
    tensorsPerFile = List.copyOf(tensorsPerFile);
    int placed = tensorsPerFile.stream().mapToInt(Integer::intValue).sum();
    if (!tensorsPerFile.isEmpty() && placed != tensors.size()) {
      throw new IllegalArgumentException(
          placed + " tensors in files, but there are " + tensors.size());
    }
  }

  /** A model in one file, quantized without importance matrix. */
  public CheckpointContents(
      ModelMetadata metadata,
      Optional<TokenizerSpec> tokenizer,
      GenerationDefaults generationDefaults,
      Optional<String> fileType,
      List<PlannedTensor> tensors) {
    this(
        metadata,
        tokenizer,
        generationDefaults,
        fileType,
        tensors,
        Optional.empty(),
        Map.of(),
        List.of());
  }
}
