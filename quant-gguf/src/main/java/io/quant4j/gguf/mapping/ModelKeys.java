package io.quant4j.gguf.mapping;

/**
 * Metadata keys of a model's hyper-parameters (upstream: LLM_KV_NAMES in llama-arch.cpp).
 *
 * @param architecture begins most of the keys
 */
record ModelKeys(String architecture) {
  static final String ARCHITECTURE = "general.architecture";
  static final String TYPE = "general.type";
  static final String NAME = "general.name";
  static final String FILE_TYPE = "general.file_type";
  static final String QUANTIZATION_VERSION = "general.quantization_version";

  /** The only {@link #TYPE} that is a model to run. */
  static final String MODEL_TYPE = "model";

  /** Version of the block formats that is written. */
  static final int CURRENT_QUANTIZATION_VERSION = 2;

  private String key(String suffix) {
    return architecture + "." + suffix;
  }

  String vocabularySize() {
    return key("vocab_size");
  }

  String contextLength() {
    return key("context_length");
  }

  String embeddingLength() {
    return key("embedding_length");
  }

  String blockCount() {
    return key("block_count");
  }

  String feedForwardLength() {
    return key("feed_forward_length");
  }

  String headCount() {
    return key("attention.head_count");
  }

  String kvHeadCount() {
    return key("attention.head_count_kv");
  }

  String keyLength() {
    return key("attention.key_length");
  }

  String valueLength() {
    return key("attention.value_length");
  }

  String rmsNormEpsilon() {
    return key("attention.layer_norm_rms_epsilon");
  }

  String ropeDimensions() {
    return key("rope.dimension_count");
  }

  String ropeBase() {
    return key("rope.freq_base");
  }

  String ropeScalingType() {
    return key("rope.scaling.type");
  }

  String ropeScalingFactor() {
    return key("rope.scaling.factor");
  }

  /** Older name of {@link #ropeScalingFactor()}. */
  String ropeScaleLinear() {
    return key("rope.scale_linear");
  }

  String expertCount() {
    return key("expert_count");
  }

  String expertUsedCount() {
    return key("expert_used_count");
  }

  String expertFeedForwardLength() {
    return key("expert_feed_forward_length");
  }

  String sharedExpertFeedForwardLength() {
    return key("expert_shared_feed_forward_length");
  }

  String slidingWindow() {
    return key("attention.sliding_window");
  }

  String slidingWindowPattern() {
    return key("attention.sliding_window_pattern");
  }

  String ropeBaseOfWindow() {
    return key("rope.freq_base_swa");
  }

  String attentionSoftCap() {
    return key("attn_logit_softcapping");
  }

  String outputSoftCap() {
    return key("final_logit_softcapping");
  }

  String ropeOriginalContext() {
    return key("rope.scaling.original_context_length");
  }

  String ropeMagnitude() {
    return key("rope.scaling.attn_factor");
  }

  String yarnBetaFast() {
    return key("rope.scaling.yarn_beta_fast");
  }

  String yarnBetaSlow() {
    return key("rope.scaling.yarn_beta_slow");
  }

  String yarnExtrapolation() {
    return key("rope.scaling.yarn_ext_factor");
  }

  String yarnLogMultiplier() {
    return key("rope.scaling.yarn_log_multiplier");
  }
}
