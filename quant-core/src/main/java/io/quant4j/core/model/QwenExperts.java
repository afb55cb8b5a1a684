package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.spi.HuggingFaceConfig;

/** What the configurations of Qwen's mixtures of experts have in common. */
final class QwenExperts {
  /** Far above any model. */
  static final int MAX_WIDTH = 1 << 24;

  private QwenExperts() {}

  /**
   * Fills in the width of an expert.
   *
   * @param normalized what other tools take for granted about the weights of a token's experts
   * @throws io.quant4j.api.error.UnsupportedModelException if it is otherwise, or some layers have
   *     no experts
   */
  static void configure(
      HuggingFaceConfig config, boolean normalized, ModelMetadata.Builder builder) {
    builder.expertFeedForwardLength(config.integer("moe_intermediate_size", 1, MAX_WIDTH));
    if (config.flag("norm_topk_prob", false) != normalized) {
      throw config.unsupported(
          "norm_topk_prob",
          "the weights of a token's experts are %s normalized, unlike in all known models"
              .formatted(normalized ? "not" : ""));
    }
    if (config.number("decoder_sparse_step", 1) != 1) {
      throw config.unsupported("decoder_sparse_step", "some layers have no experts");
    }
    if (!config.isEmptyArray("mlp_only_layers")) {
      throw config.unsupported("mlp_only_layers", "some layers have no experts");
    }
  }
}
