package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.SoftCaps;
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
import java.util.Optional;
import java.util.Set;

/**
 * Gemma 2: {@link Gemma} with norms after attention and feed-forward part, soft caps, and a sliding
 * window in every other layer (Gemma Team 2024).
 */
public final class Gemma2 implements ModelArchitecture {
  private static final int PERIOD = 2;

  /** The 27B model, whose queries are scaled otherwise. */
  private static final int LAYERS_OF_LARGEST = 46;

  /** For the service loader. */
  public Gemma2() {}

  @Override
  public String name() {
    return "gemma2";
  }

  @Override
  public Set<String> huggingFaceModelTypes() {
    return Set.of("gemma2");
  }

  @Override
  public Map<String, Object> huggingFaceDefaults() {
    return Map.of(
        "hidden_activation", GemmaConfig.ACTIVATION, "head_dim", 256L, "sliding_window", 4096L);
  }

  @Override
  public Set<String> huggingFaceActivations() {
    return Set.of(GemmaConfig.ACTIVATION);
  }

  @Override
  public void configure(HuggingFaceConfig config, ModelMetadata.Builder builder) {
    GemmaConfig.configureWindow(config, PERIOD, 0, builder);
    GemmaConfig.requireScale(config, builder.build(), LAYERS_OF_LARGEST);
    builder
        .normOffset(1)
        .softCaps(
            new SoftCaps(
                (float) config.number("attn_logit_softcapping", 50),
                (float) config.number("final_logit_softcapping", 30)));
  }

  @Override
  public List<TensorSpec> tensors(ModelMetadata m) {
    Hyperparameters.requireDense(m);
    TensorList tensors = new TensorList(m).embedding();
    for (int layer = 0; layer < m.layerCount(); layer++) {
      tensors.layer(layer).norm(Kind.ATTENTION_NORM, "input_layernorm").attention();
      tensors.norm(Kind.ATTENTION_POST_NORM, "post_attention_layernorm");
      tensors.norm(Kind.FEED_FORWARD_NORM, "pre_feedforward_layernorm").feedForward();
      tensors.norm(Kind.FEED_FORWARD_POST_NORM, "post_feedforward_layernorm");
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
              parts.attention(layer, GemmaConfig.shape(metadata, layer, LAYERS_OF_LARGEST)),
              Optional.of(parts.norm(Kind.ATTENTION_POST_NORM, layer)),
              parts.norm(Kind.FEED_FORWARD_NORM, layer),
              parts.gated(layer, GateActivation.GELU),
              Optional.of(parts.norm(Kind.FEED_FORWARD_POST_NORM, layer)),
              0));
    }
    List<Rotary> rotary = List.of(RopeFrequencies.of(metadata, weights));
    return new StackedDecoder(parts, layers, rotary, GemmaConfig.embeddingScale(metadata));
  }
}
