package io.quant4j.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.SlidingWindow;
import io.quant4j.api.model.SoftCaps;
import io.quant4j.api.spi.Checkpoint;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the configurations of each family say, and what is refused. */
class FamilyConfigTest {
  @TempDir private Path directory;

  private TinyCheckpoint family(String modelType) {
    TinyCheckpoint checkpoint = new TinyCheckpoint(directory);
    return checkpoint.config("model_type", '"' + modelType + '"').config("hidden_act", "");
  }

  private static ModelMetadata metadata(TinyCheckpoint checkpoint) {
    try (Checkpoint open = new HuggingFaceReader().open(checkpoint.directory())) {
      return open.metadata();
    }
  }

  private static void assertRefused(TinyCheckpoint checkpoint, String... words) {
    assertThatThrownBy(() -> metadata(checkpoint))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContainingAll(words);
  }

  private TinyCheckpoint qwenExperts(String modelType, boolean normalized) {
    return family(modelType)
        .config("num_experts", "6")
        .config("num_experts_per_tok", "2")
        .config("moe_intermediate_size", "3")
        .config("shared_expert_intermediate_size", "5")
        .config("mlp_only_layers", "[]")
        .config("norm_topk_prob", String.valueOf(normalized));
  }

  private TinyCheckpoint gemma2() {
    return family("gemma2")
        .config("head_dim", "2")
        .config("query_pre_attn_scalar", "2")
        .config("sliding_window", "6")
        .config("num_hidden_layers", "3");
  }

  private TinyCheckpoint gemma3() {
    return family("gemma3_text")
        .config("head_dim", "2")
        .config("query_pre_attn_scalar", "2")
        .config("sliding_window", "6")
        .config("rope_theta", "1000000.0");
  }

  @ParameterizedTest
  @CsvSource({
    "llama, llama",
    "mistral, llama",
    "qwen2, qwen2",
    "qwen3, qwen3",
    "gemma, gemma",
    "phi3, phi3"
  })
  void architecture_isNamedAsGgufNamesIt(String modelType, String architecture) {
    TinyCheckpoint checkpoint = family(modelType).config("head_dim", "2");
    assertThat(metadata(checkpoint).architecture()).isEqualTo(architecture);
  }

  @Test
  void mixtral_hasExpertsOfTheFeedForwardLength() {
    ModelMetadata m =
        metadata(
            family("mixtral").config("num_local_experts", "8").config("num_experts_per_tok", "2"));
    assertThat(m.architecture()).isEqualTo("llama");
    assertThat(m.expertCount()).isEqualTo(8);
    assertThat(m.expertUsedCount()).isEqualTo(2);
    assertThat(m.expertFeedForwardLength()).isEqualTo(6);
    assertThat(m.sharedExpertFeedForwardLength()).isZero();
  }

  @Test
  void qwenExperts_haveWidthsOfTheirOwn() {
    ModelMetadata older = metadata(qwenExperts("qwen2_moe", false));
    assertThat(older.architecture()).isEqualTo("qwen2moe");
    assertThat(older.expertFeedForwardLength()).isEqualTo(3);
    assertThat(older.sharedExpertFeedForwardLength()).isEqualTo(5);
    ModelMetadata newer = metadata(qwenExperts("qwen3_moe", true));
    assertThat(newer.architecture()).isEqualTo("qwen3moe");
    assertThat(newer.sharedExpertFeedForwardLength()).isZero();
  }

  @Test
  void qwenExperts_withOtherRouting_areRefused() {
    assertRefused(qwenExperts("qwen2_moe", true), "norm_topk_prob");
    assertRefused(qwenExperts("qwen3_moe", false), "norm_topk_prob");
    assertRefused(qwenExperts("qwen3_moe", true).config("norm_topk_prob", ""), "norm_topk_prob");
    assertRefused(
        qwenExperts("qwen3_moe", true).config("decoder_sparse_step", "2"), "decoder_sparse_step");
    assertRefused(
        qwenExperts("qwen3_moe", true).config("mlp_only_layers", "[0]"), "mlp_only_layers");
  }

  @Test
  void qwen_withoutUseOfItsWindow_seesTheWholeContext() {
    TinyCheckpoint checkpoint = family("qwen2").config("sliding_window", "4");
    assertThat(metadata(checkpoint).contextLength()).isEqualTo(16);
    checkpoint.config("use_sliding_window", "true");
    assertThat(metadata(checkpoint).contextLength()).isEqualTo(4);
  }

  @Test
  void gemma_countsNormsFromOneAndUsesGelu() {
    TinyCheckpoint checkpoint = family("gemma").config("head_dim", "2");
    assertThat(metadata(checkpoint).normOffset()).isEqualTo(1);
    assertThat(metadata(checkpoint.config("hidden_act", "\"gelu\"")).normOffset()).isEqualTo(1);
    assertRefused(checkpoint.config("hidden_activation", "\"silu\""), "silu", "gelu_pytorch_tanh");
  }

  @Test
  void gemma2_hasCapsAndEverySecondLayerAWindow() {
    ModelMetadata m = metadata(gemma2().config("final_logit_softcapping", "7.5"));
    assertThat(m.softCaps()).isEqualTo(new SoftCaps(50, 7.5f));
    assertThat(m.slidingWindow()).contains(new SlidingWindow(6, 2, 0));
    assertThat(m.contextLength()).isEqualTo(16);
    assertThat(m.normOffset()).isEqualTo(1);
    assertThat(List.of(0, 1, 2, 3).stream().map(m.slidingWindow().orElseThrow()::in))
        .containsExactly(true, false, true, false);
  }

  @Test
  void gemma2_ofAnotherKind_isRefused() {
    assertRefused(gemma2().config("query_pre_attn_scalar", "3"), "query_pre_attn_scalar");
    String types = "[\"sliding_attention\", \"full_attention\", \"full_attention\"]";
    assertRefused(gemma2().config("layer_types", types), "layer_types", "layer 2");
  }

  @Test
  void gemma3_hasFrequenciesOfTheWindow() {
    ModelMetadata older = metadata(gemma3().config("rope_local_base_freq", "5000.0"));
    assertThat(older.slidingWindow()).contains(new SlidingWindow(6, 6, 5000));
    assertThat(older.ropeBase()).isEqualTo(1e6f);
    assertThat(older.softCaps()).isEqualTo(SoftCaps.NONE);

    String newer =
        """
        {"full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 2000000.0},
         "sliding_attention": {"rope_type": "default", "rope_theta": 7000.0}}\
        """;
    ModelMetadata m = metadata(gemma3().config("rope_parameters", newer));
    assertThat(m.slidingWindow()).contains(new SlidingWindow(6, 6, 7000));
    assertThat(m.ropeBase()).isEqualTo(2e6f);
    assertThat(m.ropeScaling()).isEqualTo(new RopeScaling.Linear(8));
  }

  @Test
  void gemma3_ofAnotherKind_isRefused() {
    assertRefused(gemma3().config("attn_logit_softcapping", "50.0"), "attn_logit_softcapping");
    assertRefused(gemma3().config("use_bidirectional_attention", "true"), "bidirectional");
    assertRefused(
        gemma3().config("rope_scaling", "{\"rope_type\": \"yarn\", \"factor\": 4.0}"), "Yarn");
  }

  @Test
  void gemma3_insideAModelThatSees_takesTheFamilysDefaults() {
    String text =
        """
        {"model_type": "gemma3_text", "hidden_size": 8, "intermediate_size": 6,
         "num_hidden_layers": 7, "sliding_window": 1024, "vocab_size": 8,
         "rope_scaling": {"rope_type": "linear", "factor": 8.0}}\
        """;
    ModelMetadata m = metadata(family("gemma3").config("text_config", text));
    assertThat(m.architecture()).isEqualTo("gemma3");
    assertThat(m.headCount()).isEqualTo(8);
    assertThat(m.kvHeadCount()).isEqualTo(4);
    assertThat(m.headDim()).isEqualTo(256);
    assertThat(m.contextLength()).isEqualTo(131_072);
    assertThat(m.ropeBase()).isEqualTo(1e6f);
    assertThat(m.rmsNormEpsilon()).isEqualTo(1e-6f);
    assertThat(m.slidingWindow()).contains(new SlidingWindow(1024, 6, 10_000));
  }

  @Test
  void phi3_keepsItsWindowBesideTheContext() {
    ModelMetadata m = metadata(family("phi3").config("sliding_window", "5"));
    assertThat(m.contextLength()).isEqualTo(16);
    assertThat(m.slidingWindow()).contains(new SlidingWindow(5, 0, 0));
    assertThat(metadata(family("phi3").config("sliding_window", "null")).slidingWindow()).isEmpty();
  }

  @Test
  void phi3_longRope_hasFactorsAndMagnitude() {
    String scaling =
        """
        {"type": "su", "long_factor": [4.5], "short_factor": [1.25]}\
        """;
    TinyCheckpoint checkpoint =
        family("phi3")
            .config("original_max_position_embeddings", "4")
            .config("rope_scaling", scaling);
    RopeScaling.LongRope rope = (RopeScaling.LongRope) metadata(checkpoint).ropeScaling();
    assertThat(rope.longFactors()).containsExactly(4.5f);
    assertThat(rope.shortFactors()).containsExactly(1.25f);
    assertThat(rope.originalContext()).isEqualTo(4);
    // Four times the original context of four: sqrt(1 + ln 4 / ln 4).
    assertThat((double) rope.magnitude()).isCloseTo(Math.sqrt(2), within(1e-6));

    checkpoint.config("rope_scaling", scaling.replace("4.5", "-1"));
    assertThatThrownBy(() -> metadata(checkpoint))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("long_factor holds -1.0");
  }

  @Test
  void yarn_asPublished_isKnown() {
    String yarn = "{\"rope_type\": \"yarn\", \"factor\": 4.0%s}";
    TinyCheckpoint checkpoint = family("qwen3").config("head_dim", "2");
    checkpoint.config("rope_scaling", yarn.formatted(", \"original_max_position_embeddings\": 9"));
    assertThat(metadata(checkpoint).ropeScaling()).isEqualTo(new RopeScaling.Yarn(4, 9, 32, 1));
    checkpoint.config("rope_scaling", yarn.formatted(", \"attention_factor\": 2.0"));
    assertThat(metadata(checkpoint).ropeScaling()).isEqualTo(new RopeScaling.Other("yarn"));
    checkpoint.config("rope_scaling", yarn.formatted(", \"mscale\": 1.0"));
    assertThat(metadata(checkpoint).ropeScaling()).isEqualTo(new RopeScaling.Other("yarn"));
  }
}
