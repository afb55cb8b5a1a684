package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.GateActivation;
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
 * Qwen3: Llama's decoder with norms of query and key heads, which are rotated in halves (Yang et
 * al. 2025).
 */
public final class Qwen3 implements ModelArchitecture {

  /** For the service loader. */
  public Qwen3() {}

  @Override
  public String name() {
    return "qwen3";
  }

  @Override
  public Set<String> huggingFaceModelTypes() {
    return Set.of("qwen3");
  }

  @Override
  public Map<String, Object> huggingFaceDefaults() {
    return Map.of("use_sliding_window", false, "head_dim", 128L);
  }

  @Override
  public List<TensorSpec> tensors(ModelMetadata m) {
    Hyperparameters.requireDense(m);
    TensorList tensors = new TensorList(m).embedding().output(false);
    for (int layer = 0; layer < m.layerCount(); layer++) {
      tensors.layer(layer).norm(Kind.ATTENTION_NORM, "input_layernorm").attention().headNorms();
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
              parts.normedAttention(layer, parts.usualShape()),
              parts.norm(Kind.FEED_FORWARD_NORM, layer),
              parts.gated(layer, GateActivation.SILU)));
    }
    return new StackedDecoder(parts, layers);
  }
}
