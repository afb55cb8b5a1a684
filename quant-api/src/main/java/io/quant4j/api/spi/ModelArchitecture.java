package io.quant4j.api.spi;

import io.quant4j.api.model.ModelMetadata;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One family of decoders: which tensors it has and how they are run. Stateless. */
public interface ModelArchitecture {

  /** Name as GGUF spells it, such as {@code llama}. */
  String name();

  /** The {@code model_type}s of Hugging Face configurations that are this architecture. */
  Set<String> huggingFaceModelTypes();

  /**
   * Values that a Hugging Face configuration takes where {@code config.json} is silent: strings,
   * {@code Long}, {@code Double} or {@code Boolean} by key.
   */
  default Map<String, Object> huggingFaceDefaults() {
    return Map.of();
  }

  /** Hugging Face's names of the activation functions that are the one of this architecture. */
  default Set<String> huggingFaceActivations() {
    return Set.of("silu");
  }

  /**
   * Fills in hyper-parameters of Hugging Face configurations that only this architecture has, or
   * has in another way than most.
   *
   * @param config the file
   * @param builder holds what most architectures have: sizes, heads, rotary embedding, experts; a
   *     sliding window bounds the context so far
   * @throws io.quant4j.api.error.UnsupportedModelException if the model computes something that is
   *     not implemented
   */
  default void configure(HuggingFaceConfig config, ModelMetadata.Builder builder) {}

  /**
   * The tensors of a model with these hyper-parameters, optional ones included.
   *
   * @throws io.quant4j.api.error.UnsupportedModelException if the hyper-parameters ask for
   *     something not implemented
   * @throws io.quant4j.api.error.MalformedModelException if they contradict each other
   */
  List<TensorSpec> tensors(ModelMetadata metadata);

  /**
   * Builds the forward pass. The decoder keeps references to the weights and to the operations of
   * the placement but owns neither.
   *
   * @param weights checked against {@link #tensors(ModelMetadata)}
   */
  Decoder decoder(ModelMetadata metadata, WeightSource weights, Placement placement);
}
