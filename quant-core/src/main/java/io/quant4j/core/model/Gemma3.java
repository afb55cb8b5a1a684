package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.SlidingWindow;
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
 * The language part of Gemma 3: {@link Gemma2} without soft caps of attention, with norms of query
 * and key heads, a sliding window in five of six layers, and rotary frequencies of their own in
 * these (Gemma Team 2025).
 */
public final class Gemma3 implements ModelArchitecture {
  /** The 27B model, whose queries are scaled otherwise. */
  private static final int LAYERS_OF_LARGEST = 62;

  /** For the service loader. */
  public Gemma3() {}

  @Override
  public String name() {
    return "gemma3";
  }

  @Override
  public Set<String> huggingFaceModelTypes() {
    return Set.of("gemma3", "gemma3_text");
  }

  /** The multimodal releases state only what differs from these. */
  @Override
  public Map<String, Object> huggingFaceDefaults() {
    return Map.ofEntries(
        Map.entry("hidden_activation", GemmaConfig.ACTIVATION),
        Map.entry("vocab_size", 262_208L),
        Map.entry("max_position_embeddings", 131_072L),
        Map.entry("num_attention_heads", 8L),
        Map.entry("num_key_value_heads", 4L),
        Map.entry("head_dim", 256L),
        Map.entry("rms_norm_eps", 1e-6),
        Map.entry("rope_theta", 1_000_000.0),
        Map.entry("sliding_window", 4096L),
        Map.entry("sliding_window_pattern", 6L));
  }

  @Override
  public Set<String> huggingFaceActivations() {
    return Set.of(GemmaConfig.ACTIVATION);
  }

  @Override
  public void configure(HuggingFaceConfig config, ModelMetadata.Builder builder) {
    int period = config.integer("sliding_window_pattern", 1, 512);
    GemmaConfig.configureWindow(config, period, windowBase(config), builder);
    ModelMetadata shared = builder.build();
    GemmaConfig.requireScale(config, shared, LAYERS_OF_LARGEST);
    boolean stretched =
        !(shared.ropeScaling() instanceof RopeScaling.None
            || shared.ropeScaling() instanceof RopeScaling.Linear);
    if (stretched) {
      throw config.unsupported("rope_scaling", "it is stretched by " + shared.ropeScaling());
    }
    if (config.has("attn_logit_softcapping")) {
      throw config.unsupported("attn_logit_softcapping", "attention has a soft cap");
    }
    if (config.flag("use_bidirectional_attention", false)) {
      throw config.unsupported("use_bidirectional_attention", "tokens see those after them");
    }
    builder
        .normOffset(1)
        .softCaps(new SoftCaps(0, (float) config.number("final_logit_softcapping", 0)));
  }

  private static float windowBase(HuggingFaceConfig config) {
    double older = config.number("rope_local_base_freq", 10_000);
    return (float)
        (double)
            config
                .object("rope_parameters")
                .flatMap(parameters -> parameters.object("sliding_attention"))
                .map(parameters -> parameters.number("rope_theta", older))
                .orElse(older);
  }

  @Override
  public List<TensorSpec> tensors(ModelMetadata m) {
    Hyperparameters.requireDense(m);
    TensorList tensors = new TensorList(m).embedding().output(false);
    for (int layer = 0; layer < m.layerCount(); layer++) {
      tensors.layer(layer).norm(Kind.ATTENTION_NORM, "input_layernorm").attention().headNorms();
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
              parts.normedAttention(layer, GemmaConfig.shape(metadata, layer, LAYERS_OF_LARGEST)),
              Optional.of(parts.norm(Kind.ATTENTION_POST_NORM, layer)),
              parts.norm(Kind.FEED_FORWARD_NORM, layer),
              parts.gated(layer, GateActivation.GELU),
              Optional.of(parts.norm(Kind.FEED_FORWARD_POST_NORM, layer)),
              window(metadata).in(layer) ? 1 : 0));
    }
    float base = window(metadata).ropeBase();
    List<Rotary> rotary =
        List.of(
            RopeFrequencies.of(metadata, weights),
            Rotary.of(RopeFrequencies.unscaled(metadata.ropeDimensions(), base), 1));
    return new StackedDecoder(parts, layers, rotary, GemmaConfig.embeddingScale(metadata));
  }

  /** A file without a window has one rotary embedding for all layers. */
  private static SlidingWindow window(ModelMetadata metadata) {
    return metadata.slidingWindow().orElse(new SlidingWindow(1, 1, metadata.ropeBase()));
  }
}
