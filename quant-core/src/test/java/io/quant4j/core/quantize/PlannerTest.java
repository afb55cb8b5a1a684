package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.QuantizationRecipe;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.core.discovery.Extensions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private static final FormatId IQ2_XS = new FormatId("IQ2_XS");
  private final MemoryWriter writer = new MemoryWriter();

  private Map<String, String> formats(QuantizationRecipe recipe, MemoryCheckpoint source) {
    return formats(Requests.of(recipe).plan(source, writer));
  }

  private static Map<String, String> formats(QuantizationPlan plan) {
    return plan.tensors().stream()
        .collect(Collectors.toMap(TensorPlan::name, t -> t.target().format().name()));
  }

  private static MemoryCheckpoint small() {
    return Models.sized(Models.small(), FormatId.BF16);
  }

  @Test
  void plan_laysTensorsOutByLayerAndName() {
    assertThat(Requests.of("Q4_K_M").plan(small(), writer).tensors())
        .extracting(TensorPlan::name)
        .startsWith("output_norm.weight", "token_embd.weight", "blk.0.attn_k.weight")
        .containsSubsequence("blk.0.ffn_up.weight", "blk.1.attn_k.weight", "blk.1.ffn_up.weight")
        .hasSize(20);
  }

  @Test
  void plan_ofTenLayers_ordersThemByNumber() {
    MemoryCheckpoint source = Models.sized(Models.metadata(11, 256, 256, 10), FormatId.F16);

    assertThat(Requests.of("Q8_0").plan(source, writer).tensors())
        .extracting(TensorPlan::name)
        .containsSubsequence("blk.2.attn_k.weight", "blk.9.attn_k.weight", "blk.10.attn_k.weight");
  }

  @Test
  void plan_toAnotherContainer_makesVectorsF32() {
    Map<String, String> formats = formats(QuantizationRecipe.of("F16"), small());

    assertThat(formats).containsEntry("blk.1.attn_norm.weight", "F32");
    assertThat(formats).containsEntry("output_norm.weight", "F32");
    assertThat(formats).containsEntry("blk.1.attn_q.weight", "F16");
  }

  @Test
  void plan_toTheSameContainer_keepsWhatIsNoMatrix() {
    MemoryCheckpoint source = Models.random(MemoryWriter.NAME, Models.small(), FormatId.F16);
    source.add("blk.0.ffn_gate_inp.weight", Optional.empty(), FormatId.BF16, Shape.of(8, 256));
    source.add("blk.0.attn_qkv.weight", Optional.empty(), FormatId.BF16, Shape.of(8, 256));
    source.add("blk.0.attn_qkv.bias", Optional.empty(), FormatId.BF16, Shape.of(8, 256));

    Map<String, String> formats = formats(QuantizationRecipe.of("Q6_K"), source);

    assertThat(formats).containsEntry("blk.0.ffn_gate_inp.weight", "BF16");
    assertThat(formats).containsEntry("blk.0.attn_qkv.weight", "Q6_K");
    assertThat(formats).containsEntry("blk.0.attn_qkv.bias", "BF16");
    assertThat(formats).containsEntry("output_norm.weight", "F32");
  }

  @Test
  void plan_ofAMatrixOfOneRow_treatsItAsAVector() {
    MemoryCheckpoint source = small();
    source.add(
        "x", Optional.of(TensorRole.weight(TensorRole.Kind.OUTPUT)), FormatId.F16, Shape.of(1, 256));

    assertThat(formats(QuantizationRecipe.of("Q8_0"), source)).containsEntry("output.weight", "F32");
  }

  @Test
  void plan_toAnotherContainer_skipsDerivedTensorsAndRefusesUnknownOnes() {
    MemoryCheckpoint derived = small();
    derived.add(
        "model.layers.0.self_attn.rotary_emb.inv_freq",
        Optional.empty(),
        FormatId.F32,
        Shape.of(16));
    assertThat(Requests.of("Q8_0").plan(derived, writer).tensors()).hasSize(20);

    MemoryCheckpoint unknown = small();
    unknown.add("model.vision.weight", Optional.empty(), FormatId.F32, Shape.of(16, 16));
    assertThatThrownBy(() -> Requests.of("Q8_0").plan(unknown, writer))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("model.vision.weight");
  }

  @Test
  void choose_byOverride_takesTheFirstMatchBeforeTheMix() {
    QuantizationRecipe recipe =
        QuantizationRecipe.of("Q4_K_M")
            .with(Requests.override("blk\\.1\\..*attn", FormatId.Q8_0))
            .with(Requests.override("attn_q", FormatId.Q6_K));

    Map<String, String> formats = formats(recipe, small());

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
    MemoryCheckpoint source = small();
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
                small()))
        .containsEntry("token_embd.weight", "Q8_0");
    assertThat(
            formats(
                Requests.recipe(
                    "Q4_K_M", true, Optional.of(FormatId.Q8_0), Optional.of(FormatId.F16)),
                small()))
        .containsEntry("token_embd.weight", "F16");
  }

  @Test
  void choose_pure_givesEveryMatrixTheBase() {
    Map<String, String> formats =
        formats(
            Requests.recipe("Q4_K_M", true, Optional.empty(), Optional.empty()), small());

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
  void plan_ofQuantizedSource_isRefusedUnlessAllowedOrKept() {
    MemoryCheckpoint source = Models.random(MemoryWriter.NAME, Models.small(), FormatId.Q8_0);

    assertThatThrownBy(() -> Requests.of("Q4_K_M").plan(source, writer))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Q8_0")
        .hasMessageContaining("TOKEN_EMBEDDING")
        .hasMessageContaining("allowRequantize");
    assertThat(formats(QuantizationRecipe.of("Q8_0"), source)).containsValue("Q8_0");
    assertThat(formats(Requests.of("Q4_K_M").requantize().plan(source, writer)))
        .containsEntry("token_embd.weight", "Q6_K");
  }

  @Test
  void plan_ofAFormatTheContainerLacks_isRefused() {
    writer.refusing(FormatId.Q6_K);

    assertThatThrownBy(() -> Requests.of("Q4_K_M").plan(small(), writer))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("a memory file cannot hold Q6_K");
  }

  @Test
  void plan_ofAFormatNotInstalled_listsTheInstalled() {
    QuantizationRecipe recipe =
        QuantizationRecipe.of("Q8_0").with(Requests.override("ffn_up", new FormatId("Q9_Z")));

    assertThatThrownBy(
            () ->
                Requests.of(recipe)
                    .run(Models.random(Models.HUGGING_FACE, Models.small(), FormatId.F32), writer))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("Q9_Z")
        .hasMessageContaining("Q8_0");
    assertThat(writer.output).isNull();
  }

  @Test
  void plan_withAnOverrideThatMatchesNothing_isRefusedWithNames() {
    for (String regex : Set.of("ffn_dwon", "attn_norm")) {
      QuantizationRecipe recipe =
          QuantizationRecipe.of("Q8_0").with(Requests.override(regex, FormatId.Q6_K));
      assertThatThrownBy(() -> Requests.of(recipe).plan(small(), writer))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(regex)
          .hasMessageContaining("token_embd.weight");
    }
  }

  @Test
  void plan_ofTheLowestBits_wantsAnImportanceMatrix() {
    QuantizationRecipe recipe =
        QuantizationRecipe.of("Q8_0").with(Requests.override("ffn_up", IQ2_XS));

    assertThatThrownBy(() -> Requests.of(recipe).plan(small(), writer))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("IQ2_XS is useless without an importance matrix");
  }

  @Test
  void contents_areInTheTargetsConventions() {
    MemoryCheckpoint source =
        Models.sized(Models.withLlama3Scaling(Models.small()), FormatId.BF16);

    QuantizationPlan plan = Requests.of("q4_k").plan(source, writer);

    assertThat(plan.contents().fileType()).contains("Q4_K_M");
    ModelMetadata metadata = plan.contents().metadata();
    assertThat(metadata.rotaryLayout()).isEqualTo(RotaryLayout.INTERLEAVED);
    assertThat(metadata.ropeScaling()).isEqualTo(new RopeScaling.StoredFactors());
    assertThat(plan.tensors())
        .extracting(TensorPlan::name)
        .startsWith("output_norm.weight", "rope_freqs.weight", "token_embd.weight");
    assertThat(plan.contents().tensors())
        .isEqualTo(plan.tensors().stream().map(TensorPlan::target).toList());
  }

  @Test
  void contents_forAContainerOfParameters_keepThem() {
    MemoryWriter parameters = new MemoryWriter(RotaryLayout.HALF_SPLIT, false);
    ModelMetadata scaled = Models.withLlama3Scaling(Models.small());

    QuantizationPlan plan =
        Requests.of("Q8_0").plan(Models.sized(scaled, FormatId.BF16), parameters);
    assertThat(plan.contents().metadata()).isEqualTo(scaled);
    assertThat(plan.tensors()).hasSize(20);

    ModelMetadata stored = scaled.toBuilder().ropeScaling(new RopeScaling.StoredFactors()).build();
    assertThatThrownBy(
            () -> Requests.of("Q8_0").plan(Models.sized(stored, FormatId.BF16), parameters))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("StoredFactors");
  }

  @Test
  void changes_ofScalingWithoutNeutralWords_stayInTheContainer() {
    ModelMetadata yarn =
        Models.small().toBuilder().ropeScaling(new RopeScaling.Other("yarn")).build();

    assertThatThrownBy(() -> Requests.of("Q8_0").plan(Models.sized(yarn, FormatId.BF16), writer))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("yarn");
    MemoryCheckpoint same = Models.random(MemoryWriter.NAME, yarn, FormatId.F16);
    assertThat(Requests.of("Q8_0").plan(same, writer).contents().metadata().ropeScaling())
        .isEqualTo(new RopeScaling.Other("yarn"));
  }

  @Test
  void changes_ofDamagedMetadata_areRefused() {
    ModelMetadata odd = Models.small().toBuilder().ropeDimensions(31).build();
    ModelMetadata heads = Models.small().toBuilder().headDim(48).ropeDimensions(48).build();
    ModelMetadata scaling =
        Models.small().toBuilder().ropeScaling(new RopeScaling.Llama3(0, 1, 4, 8192)).build();

    for (ModelMetadata damaged : Set.of(odd, heads, scaling)) {
      assertThatThrownBy(
              () -> Requests.of("Q8_0").plan(Models.sized(damaged, FormatId.BF16), writer))
          .isInstanceOf(MalformedModelException.class);
    }
  }

  /** The files of one model differ by their tensors only, so the rest must be equally large in all. */
  @Test
  void sizes_ofEveryFileType_areThoseOfLlamaCpp() throws IOException {
    Map<String, Long> rest = new TreeMap<>();
    Matcher m =
        Pattern.compile("\"(\\w+)\\.plain\": *\\{\\s*\"bytes\": *(\\d+)").matcher(golden());
    while (m.find()) {
      QuantizationPlan plan =
          Requests.of(m.group(1))
              .plan(Models.sized(Models.metadata(6, 256, 768, 4096), FormatId.F32), writer);
      long tensors =
          plan.contents().tensors().stream().mapToLong(PlannedTensor::byteSize).sum();
      rest.put(m.group(1), Long.parseLong(m.group(2)) - tensors);
    }

    assertThat(rest).hasSizeGreaterThan(10).containsKeys("F16", "Q4_K_M", "Q3_K_L", "IQ4_XS");
    assertThat(new TreeSet<>(rest.values())).as("%s", rest).hasSize(1);
  }

  private static String golden() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            PlannerTest.class.getResourceAsStream("/golden/tiny-novels/golden.json"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void algorithm_rtn_isInstalled() {
    assertThat(Extensions.installed().algorithm("rtn").name()).isEqualTo("rtn");
    assertThatThrownBy(() -> Extensions.installed().algorithm("nope"))
        .isInstanceOf(QuantException.class)
        .hasMessageContaining("rtn");
  }
}
