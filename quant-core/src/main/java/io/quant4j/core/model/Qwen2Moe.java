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
import io.quant4j.core.model.layer.MixtureOfExperts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Qwen1.5-MoE and Qwen2-MoE: the decoder of {@link Qwen2} with a mixture of experts whose weights
 * are the router's shares as they are, and one expert for every token (Yang et al. 2024).
 */
public final class Qwen2Moe implements ModelArchitecture {

  /** For the service loader. */
  public Qwen2Moe() {}

  @Override
  public String name() {
    return "qwen2moe";
  }

  @Override
  public Set<String> huggingFaceModelTypes() {
    return Set.of("qwen2_moe");
  }

  @Override
  public Map<String, Object> huggingFaceDefaults() {
    return Map.of("use_sliding_window", false);
  }

  @Override
  public void configure(HuggingFaceConfig config, ModelMetadata.Builder builder) {
    QwenExperts.configure(config, false, builder);
    builder.sharedExpertFeedForwardLength(
        config.integer("shared_expert_intermediate_size", 1, QwenExperts.MAX_WIDTH));
  }

  @Override
  public List<TensorSpec> tensors(ModelMetadata m) {
    Hyperparameters.requireExperts(m);
    TensorList tensors = new TensorList(m).embedding().output(true);
    for (int layer = 0; layer < m.layerCount(); layer++) {
      tensors.layer(layer).norm(Kind.ATTENTION_NORM, "input_layernorm").attention();
      tensors.norm(Kind.FEED_FORWARD_NORM, "post_attention_layernorm");
      tensors.experts("mlp", "gate_proj", "up_proj", "down_proj");
      tensors.sharedExpert("mlp.shared_expert");
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
              experts(parts, layer)));
    }
    return new StackedDecoder(parts, layers);
  }

  private static MixtureOfExperts experts(Parts parts, int layer) {
    return parts.experts(layer, false).with(parts.sharedExpert(layer));
  }
}
