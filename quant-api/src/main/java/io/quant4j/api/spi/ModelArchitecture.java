package io.quant4j.api.spi;

import io.quant4j.api.model.ModelMetadata;
import java.util.List;
import java.util.Set;

/** One family of decoders: which tensors it has and how they are run. Stateless. */
public interface ModelArchitecture {

  /** Name as GGUF spells it, such as {@code llama}. */
  String name();

  /** The {@code model_type}s of Hugging Face configurations that are this architecture. */
  Set<String> huggingFaceModelTypes();

  /**
   * The tensors of a model with these hyper-parameters, optional ones included.
   *
   * @throws io.quant4j.api.error.UnsupportedModelException if the hyper-parameters ask for
   *     something not implemented
   * @throws io.quant4j.api.error.MalformedModelException if they contradict each other
   */
  List<TensorSpec> tensors(ModelMetadata metadata);

  /**
   * Builds the forward pass. The decoder keeps references to the weights and operations but owns
   * neither.
   *
   * @param weights checked against {@link #tensors(ModelMetadata)}
   */
  Decoder decoder(ModelMetadata metadata, WeightSource weights, Operations operations);
}
