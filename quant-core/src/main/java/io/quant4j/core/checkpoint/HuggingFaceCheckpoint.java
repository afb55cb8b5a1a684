package io.quant4j.core.checkpoint;

import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.spi.TensorSpec;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.checkpoint.safetensors.SafetensorsTensors;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An open Hugging Face checkpoint. */
final class HuggingFaceCheckpoint implements Checkpoint {
  private static final String LANGUAGE_PART = "language_model.";

  private final Path path;
  private final ModelMetadata metadata;
  private final Optional<TokenizerSpec> tokenizer;
  private final GenerationDefaults generationDefaults;
  private final SafetensorsTensors files;
  private final List<StoredTensor> tensors;

  /**
   * @param files closed with this checkpoint
   * @param expected the architecture's tensors; their Hugging Face names give the roles
   */
  HuggingFaceCheckpoint(
      Path path,
      ModelMetadata metadata,
      Optional<TokenizerSpec> tokenizer,
      GenerationDefaults generationDefaults,
      SafetensorsTensors files,
      List<TensorSpec> expected) {
    this.path = path;
    this.metadata = metadata;
    this.tokenizer = tokenizer;
    this.generationDefaults = generationDefaults;
    this.files = files;
    Map<String, TensorRole> roles = roles(expected);
    this.tensors =
        files.infos().stream()
            .map(info -> new StoredTensor(info, role(roles, info.name())))
            .toList();
  }

  /** The role of a name, also where the model is the language part of one that sees, too. */
  private static Optional<TensorRole> role(Map<String, TensorRole> roles, String name) {
    String own = name.startsWith(LANGUAGE_PART) ? name.substring(LANGUAGE_PART.length()) : name;
    return Optional.ofNullable(roles.get(own));
  }

  private static Map<String, TensorRole> roles(List<TensorSpec> expected) {
    Map<String, TensorRole> roles = new HashMap<>();
    for (TensorSpec spec : expected) {
      roles.put(spec.huggingFaceName(), spec.role());
      for (int expert = 0; expert < spec.huggingFaceParts().size(); expert++) {
        roles.put(spec.huggingFaceParts().get(expert), spec.role().ofExpert(expert));
      }
    }
    return roles;
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public String container() {
    return HuggingFaceReader.NAME;
  }

  @Override
  public ModelMetadata metadata() {
    return metadata;
  }

  @Override
  public Optional<TokenizerSpec> tokenizer() {
    return tokenizer;
  }

  @Override
  public GenerationDefaults generationDefaults() {
    return generationDefaults;
  }

  @Override
  public List<StoredTensor> tensors() {
    return tensors;
  }

  @Override
  public TensorView view(StoredTensor tensor) {
    return files.view(tensor.info().name());
  }

  @Override
  public void close() {
    files.close();
  }
}
