package io.quant4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.SlidingWindow;
import io.quant4j.api.model.SoftCaps;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.contract.SampleModel;
import io.quant4j.gguf.file.GgufValue;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hyper-parameters that only some architectures have, to keys and back. */
class FamilyKeysTest {
  @TempDir private Path directory;

  private static ModelMetadata.Builder model(String architecture) {
    return SampleModel.metadata(architecture).rotaryLayout(RotaryLayout.HALF_SPLIT);
  }

  private static PlannedTensor factors(TensorRole.Kind kind) {
    return new PlannedTensor(
        Optional.of(TensorRole.weight(kind)), "", FormatId.F32, Shape.of(4), 16);
  }

  private Path written(ModelMetadata model, PlannedTensor... tensors) {
    Path target = directory.resolve("model.gguf");
    CheckpointContents contents =
        new CheckpointContents(
            model, Optional.empty(), GenerationDefaults.none(), Optional.empty(), List.of(tensors));
    try (CheckpointOutput output = new GgufWriter().create(target, contents)) {
      for (int t = 0; t < tensors.length; t++) {
        output.write(t, 0, MemorySegment.ofArray(new byte[16]));
      }
      output.commit();
    }
    return target;
  }

  private ModelMetadata read(ModelMetadata model, PlannedTensor... tensors) {
    try (Checkpoint checkpoint = new GgufReader().open(written(model, tensors))) {
      return checkpoint.metadata().toBuilder().extra(Map.of()).build();
    }
  }

  private Map<String, GgufValue> keys(ModelMetadata model, PlannedTensor... tensors) {
    return Rewriting.values(written(model, tensors));
  }

  @Test
  void experts_comeBack() {
    ModelMetadata shared =
        model("qwen2moe")
            .expertCount(8)
            .expertUsedCount(3)
            .expertFeedForwardLength(17)
            .sharedExpertFeedForwardLength(29)
            .build();
    assertThat(read(shared)).isEqualTo(shared);
    assertThat(keys(shared))
        .containsEntry("qwen2moe.expert_feed_forward_length", GgufValue.uint32(17))
        .containsEntry("qwen2moe.expert_shared_feed_forward_length", GgufValue.uint32(29));
    ModelMetadata mixtral = SampleModel.metadata("llama").expertCount(8).expertUsedCount(2).build();
    assertThat(read(mixtral)).isEqualTo(mixtral);
    assertThat(keys(mixtral)).doesNotContainKey("llama.expert_feed_forward_length");
  }

  @Test
  void windowsAndCaps_comeBack() {
    ModelMetadata gemma2 =
        model("gemma2")
            .slidingWindow(new SlidingWindow(24, 2, 0))
            .softCaps(new SoftCaps(3, 5))
            .build();
    assertThat(read(gemma2)).isEqualTo(gemma2);
    assertThat(keys(gemma2))
        .containsEntry("gemma2.attention.sliding_window", GgufValue.uint32(24))
        .containsEntry("gemma2.attn_logit_softcapping", GgufValue.float32(3))
        .containsEntry("gemma2.final_logit_softcapping", GgufValue.float32(5))
        .doesNotContainKey("gemma2.attention.sliding_window_pattern");
    ModelMetadata gemma3 = model("gemma3").slidingWindow(new SlidingWindow(24, 4, 5000)).build();
    assertThat(read(gemma3)).isEqualTo(gemma3);
    assertThat(keys(gemma3))
        .containsEntry("gemma3.attention.sliding_window_pattern", GgufValue.uint32(4))
        .containsEntry("gemma3.rope.freq_base_swa", GgufValue.float32(5000));
    ModelMetadata phi3 = model("phi3").build();
    assertThat(read(phi3)).isEqualTo(phi3);
    assertThat(keys(phi3)).containsEntry("phi3.attention.sliding_window", GgufValue.uint32(0));
  }

  @Test
  void windowOfAnotherArchitecture_isNotFollowed() {
    GgufBytes file =
        GgufBytes.llama()
            .key("llama.attention.sliding_window", GgufBytes.uint32(4))
            .key("llama.final_logit_softcapping", GgufBytes.float32(4));
    try (Checkpoint checkpoint =
        new GgufReader().open(file.writeTo(directory.resolve("llama.gguf")))) {
      assertThat(checkpoint.metadata().slidingWindow()).isEmpty();
      assertThat(checkpoint.metadata().softCaps()).isEqualTo(SoftCaps.NONE);
      assertThat(checkpoint.metadata().extra()).containsKey("llama.attention.sliding_window");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {77, 30})
  void yarn_comesBack(int original) {
    ModelMetadata usual =
        model("qwen3").ropeScaling(new RopeScaling.Yarn(4, original, 32, 1)).build();
    assertThat(read(usual)).isEqualTo(usual);
    ModelMetadata other =
        model("qwen3").ropeScaling(new RopeScaling.Yarn(2.5f, original, 16, 2)).build();
    assertThat(read(other)).isEqualTo(other);
  }

  @ParameterizedTest
  @ValueSource(strings = {"phi3", "qwen2"})
  void longRope_comesBackWithItsTensors(String architecture) {
    ModelMetadata model =
        model(architecture).ropeScaling(new RopeScaling.StoredLongRope(30, 1.25f)).build();
    PlannedTensor longs = factors(TensorRole.Kind.ROPE_FACTORS_LONG);
    PlannedTensor shorts = factors(TensorRole.Kind.ROPE_FACTORS_SHORT);
    assertThat(read(model, longs, shorts)).isEqualTo(model);
    assertThat(keys(model, longs, shorts))
        .containsEntry(architecture + ".rope.scaling.attn_factor", GgufValue.float32(1.25f))
        .containsEntry(
            architecture + ".rope.scaling.original_context_length", GgufValue.uint32(30));
    assertThatThrownBy(() -> written(model, longs))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("rope_factors_short.weight");
  }
}
