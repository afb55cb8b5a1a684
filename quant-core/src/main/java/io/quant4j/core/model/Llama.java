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
import io.quant4j.core.model.layer.FeedForward;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Llama 1 to 3.x, Mistral and Mixtral: pre-norm decoder with RMS norms, rotary positions,
 * grouped-query attention and SwiGLU, or with a mixture of SwiGLU experts whose weights add up to 1
 * (Touvron et al. 2023, Jiang et al. 2023 and 2024, Grattafiori et al. 2024). Embedding and output
 * may share one matrix; projections of dense models may have biases.
 */
public final class Llama implements ModelArchitecture {
  private static final String MIXTRAL = "mixtral";

  /** For the service loader. */
  public Llama() {}

  @Override
  public String name() {
    return "llama";
  }

  @Override
  public Set<String> huggingFaceModelTypes() {
    return Set.of("llama", "mistral", MIXTRAL);
  }

  @Override
  public void configure(HuggingFaceConfig config, ModelMetadata.Builder builder) {
    for (String key : List.of("num_local_experts", "num_experts")) {
      if (!config.modelType().equals(MIXTRAL) && config.has(key)) {
        int experts = config.integer(key, 0, Integer.MAX_VALUE);
        if (experts > 0) {
          throw config.unsupported(
              key, "a model of type " + config.modelType() + " with " + experts + " experts");
        }
      }
    }
  }

  @Override
  public List<TensorSpec> tensors(ModelMetadata m) {
    TensorList tensors = new TensorList(m).embedding().output(false);
    tensors.ropeFactors(Kind.ROPE_FREQUENCIES, "rope_freqs");
    for (int layer = 0; layer < m.layerCount(); layer++) {
      tensors.layer(layer).norm(Kind.ATTENTION_NORM, "input_layernorm").attention();
      tensors.norm(Kind.FEED_FORWARD_NORM, "post_attention_layernorm");
      if (m.expertCount() == 0) {
        tensors.feedForward();
      } else {
        tensors.experts("block_sparse_moe", "w1", "w3", "w2");
      }
    }
    return tensors.specs();
  }

  @Override
  public Decoder decoder(ModelMetadata metadata, WeightSource weights, Placement placement) {
    Parts parts = new Parts(metadata, weights, placement);
    List<DecoderLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < metadata.layerCount(); layer++) {
      FeedForward feedForward =
          metadata.expertCount() == 0
              ? parts.gated(layer, GateActivation.SILU)
              : parts.experts(layer, true);
      layers.add(
          new DecoderLayer(
              parts.norm(Kind.ATTENTION_NORM, layer),
              parts.attention(layer, parts.usualShape()),
              parts.norm(Kind.FEED_FORWARD_NORM, layer),
              feedForward));
    }
    return new StackedDecoder(parts, layers);
  }
}
