package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.SlidingWindow;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.GateActivation;
import io.quant4j.api.spi.HuggingFaceConfig;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.Placement;
import io.quant4j.api.spi.TensorSpec;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.core.model.layer.DecoderLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Phi-3, Phi-3.5 and Phi-4 (mini): Llama's decoder with fused matrices, heads rotated in halves, a
 * sliding window, and stretched contexts with a divisor for every frequency (Abdin et al. 2024).
 * llama.cpp leaves the window out.
 */
public final class Phi3 implements ModelArchitecture {

  /** For the service loader. */
  public Phi3() {}

  @Override
  public String name() {
    return "phi3";
  }

  @Override
  public Set<String> huggingFaceModelTypes() {
    return Set.of("phi3");
  }

  @Override
  public void configure(HuggingFaceConfig config, ModelMetadata.Builder builder) {
    builder.contextLength(config.integer("max_position_embeddings", 1, Integer.MAX_VALUE));
    if (config.has("sliding_window")) {
      int tokens = config.integer("sliding_window", 1, Integer.MAX_VALUE);
      builder.slidingWindow(new SlidingWindow(tokens, 0, 0));
    }
  }

  @Override
  public List<TensorSpec> tensors(ModelMetadata m) {
    Hyperparameters.requireDense(m);
    TensorList tensors = new TensorList(m).embedding().output(false);
    tensors.ropeFactors(Kind.ROPE_FACTORS_LONG, "rope_factors_long");
    tensors.ropeFactors(Kind.ROPE_FACTORS_SHORT, "rope_factors_short");
    for (int layer = 0; layer < m.layerCount(); layer++) {
      long inner = m.feedForwardLength();
      long queries = tensors.queryRows();
      long dim = m.embeddingLength();
      tensors.layer(layer).norm(Kind.ATTENTION_NORM, "input_layernorm");
      tensors.matrix(
          Kind.ATTENTION_QUERY_KEY_VALUE,
          "self_attn.qkv_proj",
          queries + 2 * tensors.keyRows(),
          dim);
      tensors.matrix(Kind.ATTENTION_OUTPUT, "self_attn.o_proj", dim, queries);
      tensors.norm(Kind.FEED_FORWARD_NORM, "post_attention_layernorm");
      tensors.matrix(Kind.FEED_FORWARD_UP, "mlp.gate_up_proj", 2 * inner, dim);
      tensors.matrix(Kind.FEED_FORWARD_DOWN, "mlp.down_proj", dim, inner);
    }
    return tensors.specs();
  }

  @Override
  public Decoder decoder(ModelMetadata metadata, WeightSource weights, Placement placement) {
    Parts parts = new Parts(metadata, weights, placement);
    int window = metadata.slidingWindow().map(SlidingWindow::tokens).orElse(0);
    AttentionShape shape = parts.usualShape().withWindow(window);
    List<DecoderLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < metadata.layerCount(); layer++) {
      layers.add(
          new DecoderLayer(
              parts.norm(Kind.ATTENTION_NORM, layer),
              parts.fusedAttention(layer, shape),
              parts.norm(Kind.FEED_FORWARD_NORM, layer),
              parts.fusedGated(layer, GateActivation.SILU)));
    }
    return new StackedDecoder(parts, layers);
  }
}
