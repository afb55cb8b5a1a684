package io.quant4j.core.quantize;

import static io.quant4j.core.quantize.Requests.formats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.QuantizationRecipe;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FixedFormatsTest {
  private final MemoryWriter writer = new MemoryWriter();

  @Test
  void choose_byOverride_takesTheFirstMatchBeforeTheMix() {
    QuantizationRecipe recipe =
        QuantizationRecipe.of("Q4_K_M")
            .with(Requests.override("blk\\.1\\..*attn", FormatId.Q8_0))
            .with(Requests.override("attn_q", FormatId.Q6_K));

    Map<String, String> formats = formats(recipe, Models.sized());

    assertThat(formats).containsEntry("blk.1.attn_q.weight", "Q8_0");
    assertThat(formats).containsEntry("blk.0.attn_q.weight", "Q6_K");
    assertThat(formats).containsEntry("blk.0.attn_k.weight", "Q4_K");
    assertThat(formats).containsEntry("blk.1.attn_norm.weight", "F32");
  }

  @Test
  void choose_byOverride_leavesOtherLayersAsTheyWere() {
    MemoryCheckpoint source = Models.sized(Models.metadata(8, 256, 256, 10), FormatId.F16);
    Map<String, String> before = formats(QuantizationRecipe.of("Q4_K_M"), source);

    Map<String, String> after =
        formats(
            QuantizationRecipe.of("Q4_K_M").with(Requests.override("blk.0.attn_v", FormatId.F16)),
            source);

    assertThat(after).containsEntry("blk.0.attn_v.weight", "F16");
    after.remove("blk.0.attn_v.weight");
    assertThat(before).containsAllEntriesOf(after);
  }

  @Test
  void choose_forPlainFileTypes_obeysOverrides() {
    QuantizationRecipe recipe =
        QuantizationRecipe.of("F16").with(Requests.override("ffn_down", FormatId.BF16));

    assertThat(formats(recipe, Models.sized(Models.small(), FormatId.F32)))
        .containsEntry("blk.0.ffn_down.weight", "BF16")
        .containsEntry("blk.0.ffn_up.weight", "F16");
  }

  @Test
  void choose_bySettings_beatsOverrides() {
    MemoryCheckpoint source = Models.sized();
    source.add(
        "lm_head",
        Optional.of(TensorRole.weight(TensorRole.Kind.OUTPUT)),
        FormatId.BF16,
        Shape.of(300, 256));
    QuantizationRecipe recipe =
        Requests.recipe("Q4_K_M", false, Optional.of(FormatId.Q8_0), Optional.of(FormatId.Q5_K))
            .with(Requests.override("weight", FormatId.Q4_0));

    assertThat(formats(recipe, source))
        .containsEntry("output.weight", "Q8_0")
        .containsEntry("token_embd.weight", "Q5_K")
        .containsEntry("blk.0.attn_v.weight", "Q4_0");
  }

  @Test
  void choose_forATiedEmbedding_followsTheOutputSetting() {
    assertThat(
            formats(
                Requests.recipe("Q4_K_M", true, Optional.of(FormatId.Q8_0), Optional.empty()),
                Models.sized()))
        .containsEntry("token_embd.weight", "Q8_0");
    assertThat(
            formats(
                Requests.recipe(
                    "Q4_K_M", true, Optional.of(FormatId.Q8_0), Optional.of(FormatId.F16)),
                Models.sized()))
        .containsEntry("token_embd.weight", "F16");
  }

  @Test
  void choose_pure_givesEveryMatrixTheBase() {
    Map<String, String> formats =
        formats(
            Requests.recipe("Q4_K_M", true, Optional.empty(), Optional.empty()), Models.sized());

    assertThat(new TreeSet<>(formats.values())).containsExactly("F32", "Q4_K");
    assertThat(formats).containsEntry("token_embd.weight", "Q4_K");
  }

  @Test
  void fit_ofRowsThatDoNotFit_fallsBackAndSaysSo() {
    MemoryCheckpoint source = Models.sized(Models.metadata(2, 256, 320, 10), FormatId.F16);
    QuantizationPlan plan = Requests.of("Q4_K_M").plan(source, writer);

    Map<String, TensorPlan> byName =
        plan.tensors().stream().collect(Collectors.toMap(TensorPlan::name, t -> t));
    TensorPlan.FromSource down =
        (TensorPlan.FromSource) Objects.requireNonNull(byName.get("blk.1.ffn_down.weight"));
    assertThat(down.fallback()).isTrue();
    assertThat(down.target().format()).isEqualTo(FormatId.Q8_0); // more bits: Q6_K wanted
    TensorPlan.FromSource up =
        (TensorPlan.FromSource) Objects.requireNonNull(byName.get("blk.1.ffn_up.weight"));
    assertThat(up.fallback()).isFalse();
  }

  @Test
  void fit_withoutAnythingNear_namesTensorAndBlock() {
    MemoryCheckpoint source = Models.sized(Models.metadata(2, 256, 100, 10), FormatId.F16);

    assertThat(formats(QuantizationRecipe.of("Q6_K"), source))
        .containsEntry("blk.0.ffn_down.weight", "F16");
    assertThatThrownBy(() -> Requests.of("Q4_0").plan(source, writer))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("layers.0.FEED_FORWARD_DOWN")
        .hasMessageContaining("rows of 100 elements cannot be stored as Q4_0")
        .hasMessageContaining("32");
  }

  @Test
  void plan_withAnOverrideThatMatchesNothing_isRefusedWithNames() {
    for (String regex : Set.of("ffn_dwon", "attn_norm")) {
      QuantizationRecipe recipe =
          QuantizationRecipe.of("Q8_0").with(Requests.override(regex, FormatId.Q6_K));
      assertThatThrownBy(() -> Requests.of(recipe).plan(Models.sized(), writer))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(regex)
          .hasMessageContaining("token_embd.weight");
    }
  }
}
