package io.quant4j.core.checkpoint;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointReader;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.core.checkpoint.safetensors.SafetensorsTensors;
import io.quant4j.core.checkpoint.tokenizer.TokenizerReader;
import io.quant4j.core.discovery.Extensions;
import java.nio.file.Path;
import java.util.function.BiFunction;

/**
 * Reads Hugging Face checkpoints: a directory with {@code config.json} and safetensors files, or
 * such a safetensors file itself. A tokenizer and {@code generation_config.json} are read where
 * they exist.
 */
public final class HuggingFaceReader implements CheckpointReader {
  /** Name of this container. */
  static final String NAME = "huggingface";

  private final BiFunction<String, ErrorLocation, ModelArchitecture> architectures;

  /** A reader that knows the architectures installed. */
  public HuggingFaceReader() {
    this((modelType, location) ->
        Extensions.installed().architectureOfModelType(modelType, location));
  }

  /**
   * A reader that knows other architectures.
   *
   * @param architectures finds the architecture of a {@code model_type}, or throws with the
   *     location given
   */
  HuggingFaceReader(BiFunction<String, ErrorLocation, ModelArchitecture> architectures) {
    this.architectures = architectures;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean recognizes(Path path, byte[] head) {
    return ModelFiles.recognizes(path, head);
  }

  @Override
  public Checkpoint open(Path path) {
    ModelFiles files = ModelFiles.locate(path);
    ModelConfig stated = ModelConfig.read(files.config());
    ModelArchitecture architecture =
        architectures.apply(stated.modelType(), stated.location(ModelConfig.MODEL_TYPE));
    ModelConfig config = stated.of(architecture);
    ModelMetadata metadata = config.metadata(architecture, files.directoryName());
    GenerationConfig generation = GenerationConfig.read(files.directory());
    SafetensorsTensors tensors = files.openTensors();
    boolean complete = false;
    try {
      HuggingFaceCheckpoint checkpoint =
          new HuggingFaceCheckpoint(
              path,
              metadata,
              TokenizerReader.read(files.directory(), config.tokenizerHints(generation.eos())),
              generation.defaults(),
              tensors,
              architecture.tensors(metadata));
      config.checkTying(checkpoint.tensors());
      complete = true;
      return checkpoint;
    } finally {
      if (!complete) {
        tensors.close();
      }
    }
  }
}
