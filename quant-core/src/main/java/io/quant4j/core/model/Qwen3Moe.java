package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.HuggingFaceConfig;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.Placement;
import io.quant4j.api.spi.TensorSpec;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.core.model.layer.DecoderLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Qwen3-MoE: the decoder of {@link Qwen3} with a mixture of experts whose weights add up to 1 (Yang
 * et al. 2025).
 */
public final class Qwen3Moe implements ModelArchitecture {

  /** For the service loader. */
  public Qwen3Moe() {}

  @Override
  public String name() {
    return "qwen3moe";
  }

  @Override
  public Set<String> huggingFaceModelTypes() {
    return Set.of("qwen3_moe");
  }

  @Override
  public Map<String, Object> huggingFaceDefaults() {
    return Map.of("use_sliding_window", false);
  }

  @Override
  public void configure(HuggingFaceConfig config, ModelMetadata.Builder builder) {
    QwenExperts.configure(config, true, builder);
  }

  @Override
  public List<TensorSpec> tensors(ModelMetadata m) {
    Hyperparameters.requireExperts(m);
    TensorList tensors = new TensorList(m).embedding().output(false);
    for (int layer = 0; layer < m.layerCount(); layer++) {
      tensors.layer(layer).norm(Kind.ATTENTION_NORM, "input_layernorm").attention().headNorms();
      tensors.norm(Kind.FEED_FORWARD_NORM, "post_attention_layernorm");
      tensors.experts("mlp", "gate_proj", "up_proj", "down_proj");
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
              parts.normedAttention(layer, parts.usualShape()),
              parts.norm(Kind.FEED_FORWARD_NORM, layer),
              parts.experts(layer, true)));
    }
    return new StackedDecoder(parts, layers);
  }
}
