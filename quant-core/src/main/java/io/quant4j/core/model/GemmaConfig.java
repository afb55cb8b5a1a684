package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.SlidingWindow;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.HuggingFaceConfig;
import java.util.List;

/** What the Gemma generations have in common. */
final class GemmaConfig {
  /** GELU by its tanh approximation. */
  static final String ACTIVATION = "gelu_pytorch_tanh";

  private static final String WINDOW = "sliding_window";

  private GemmaConfig() {}

  /**
   * The sliding window; the context is as long as the positions go.
   *
   * @param period every how many layers one sees everything
   * @param ropeBase base of the rotary frequencies in the other layers; 0 for that of all
   * @throws io.quant4j.api.error.UnsupportedModelException if the layers alternate in another way
   */
  static void configureWindow(
      HuggingFaceConfig config, int period, float ropeBase, ModelMetadata.Builder builder) {
    SlidingWindow window =
        new SlidingWindow(config.integer(WINDOW, 1, Integer.MAX_VALUE), period, ropeBase);
    List<String> types = config.texts("layer_types");
    for (int layer = 0; layer < types.size(); layer++) {
      String expected = window.in(layer) ? "sliding_attention" : "full_attention";
      if (!types.get(layer).equals(expected)) {
        throw config.unsupported(
            "layer_types", "layer %d is of type %s".formatted(layer, types.get(layer)));
      }
    }
    builder
        .contextLength(config.integer("max_position_embeddings", 1, Integer.MAX_VALUE))
        .slidingWindow(window);
  }

  /**
   * Checks the scale of queries, which files of other containers do not state.
   *
   * @throws io.quant4j.api.error.UnsupportedModelException if it is not the usual one
   */
  static void requireScale(HuggingFaceConfig config, ModelMetadata m, int layersOfLargest) {
    double expected = scaledBy(m, layersOfLargest);
    if (config.number("query_pre_attn_scalar", expected) != expected) {
      throw config.unsupported(
          "query_pre_attn_scalar", "queries are scaled otherwise than in all known models");
    }
  }

  /** Queries are divided by the root of this; the largest model is an exception. */
  private static double scaledBy(ModelMetadata m, int layersOfLargest) {
    return m.layerCount() == layersOfLargest ? m.embeddingLength() / m.headCount() : m.headDim();
  }

  /** Attention of one layer. */
  static AttentionShape shape(ModelMetadata m, int layer, int layersOfLargest) {
    int window = m.slidingWindow().filter(w -> w.in(layer)).map(SlidingWindow::tokens).orElse(0);
    return new AttentionShape(
        m.headCount(),
        m.kvHeadCount(),
        m.headDim(),
        (float) (1 / Math.sqrt(scaledBy(m, layersOfLargest))),
        window,
        m.softCaps().attention());
  }

  /** Factor of every embedding. */
  static float embeddingScale(ModelMetadata m) {
    return (float) Math.sqrt(m.embeddingLength());
  }
}
