package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.GateActivation;
import io.quant4j.api.spi.HuggingFaceConfig;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.Placement;
import io.quant4j.api.spi.TensorSpec;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.core.model.layer.DecoderLayer;
import io.quant4j.core.model.layer.Rotary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gemma: Llama's decoder with GEGLU, embeddings times the root of their width, and norms stored as
 * their difference from 1 by Hugging Face (Gemma Team 2024). Output and embedding are one matrix.
 */
public final class Gemma implements ModelArchitecture {

  /** For the service loader. */
  public Gemma() {}

  @Override
  public String name() {
    return "gemma";
  }

  @Override
  public Set<String> huggingFaceModelTypes() {
    return Set.of("gemma");
  }

  @Override
  public Map<String, Object> huggingFaceDefaults() {
    // The file of the first release names another activation than the one it was trained with,
    // under the key that Hugging Face does not follow.
    return Map.of("hidden_activation", GemmaConfig.ACTIVATION, "head_dim", 256L);
  }

  @Override
  public Set<String> huggingFaceActivations() {
    return Set.of(GemmaConfig.ACTIVATION);
  }

  @Override
  public void configure(HuggingFaceConfig config, ModelMetadata.Builder builder) {
    builder.normOffset(1);
  }

  @Override
  public List<TensorSpec> tensors(ModelMetadata m) {
    Hyperparameters.requireDense(m);
    TensorList tensors = new TensorList(m).embedding();
    for (int layer = 0; layer < m.layerCount(); layer++) {
      tensors.layer(layer).norm(Kind.ATTENTION_NORM, "input_layernorm").attention();
      tensors.norm(Kind.FEED_FORWARD_NORM, "post_attention_layernorm").feedForward();
    }
    return tensors.specs();
  }

  @Override
  public Decoder decoder(ModelMetadata metadata, WeightSource weights, Placement placement) {
    Parts parts = new Parts(metadata, weights, placement);
    List<DecoderLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < metadata.layerCount(); layer++) {
      layers.add(
          new DecoderLayer(
              parts.norm(Kind.ATTENTION_NORM, layer),
              parts.attention(layer, parts.usualShape()),
              parts.norm(Kind.FEED_FORWARD_NORM, layer),
              parts.gated(layer, GateActivation.GELU)));
    }
    List<Rotary> rotary = List.of(RopeFrequencies.of(metadata, weights));
    return new StackedDecoder(parts, layers, rotary, GemmaConfig.embeddingScale(metadata));
  }
}
