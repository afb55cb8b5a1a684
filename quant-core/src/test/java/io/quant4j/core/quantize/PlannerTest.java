package io.quant4j.core.quantize;

import static io.quant4j.core.quantize.Requests.formats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.QuantizationRecipe;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.error.UnsupportedModelException;
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
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private static final FormatId IQ2_XS = new FormatId("IQ2_XS");

  private final MemoryWriter writer = new MemoryWriter();

  @Test
  void plan_laysTensorsOutByLayerAndName() {
    assertThat(Requests.of("Q4_K_M").plan(Models.sized(), writer).tensors())
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
    Map<String, String> formats = formats(QuantizationRecipe.of("F16"), Models.sized());

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
    MemoryCheckpoint source = Models.sized();
    source.add(
        "x",
        Optional.of(TensorRole.weight(TensorRole.Kind.OUTPUT)),
        FormatId.F16,
        Shape.of(1, 256));

    assertThat(formats(QuantizationRecipe.of("Q8_0"), source))
        .containsEntry("output.weight", "F32");
  }

  @Test
  void plan_toAnotherContainer_skipsDerivedTensorsAndRefusesUnknownOnes() {
    MemoryCheckpoint derived = Models.sized();
    derived.add(
        "model.layers.0.self_attn.rotary_emb.inv_freq",
        Optional.empty(),
        FormatId.F32,
        Shape.of(16));
    assertThat(Requests.of("Q8_0").plan(derived, writer).tensors()).hasSize(20);

    MemoryCheckpoint unknown = Models.sized();
    unknown.add("model.vision.weight", Optional.empty(), FormatId.F32, Shape.of(16, 16));
    assertThatThrownBy(() -> Requests.of("Q8_0").plan(unknown, writer))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("model.vision.weight");
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

    assertThatThrownBy(() -> Requests.of("Q4_K_M").plan(Models.sized(), writer))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("a memory file cannot hold Q6_K");
  }

  @Test
  void plan_ofAFormatNotInstalled_listsTheInstalled() {
    QuantizationRecipe recipe =
        QuantizationRecipe.of("Q8_0").with(Requests.override("ffn_up", new FormatId("Q9_Z")));

    assertThatThrownBy(() ->
            Requests.of(recipe)
                .run(Models.random(Models.HUGGING_FACE, Models.small(), FormatId.F32), writer))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("Q9_Z")
        .hasMessageContaining("Q8_0");
    assertThat(writer.output).isNull();
  }

  @Test
  void plan_ofTheLowestBits_wantsAnImportanceMatrix() {
    QuantizationRecipe recipe =
        QuantizationRecipe.of("Q8_0").with(Requests.override("ffn_up", IQ2_XS));

    QuantizationPlan plan = Requests.of(recipe).plan(Models.sized(), writer);
    assertThat(plan.needs())
        .extracting(QuantizationPlan.Need::name)
        .containsExactly("blk.0.ffn_up.weight", "blk.1.ffn_up.weight");
    assertThatThrownBy(plan::requireImportance)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("layers.0.FEED_FORWARD_UP")
        .hasMessageContaining("IQ2_XS is useless without an importance matrix");
  }

  /**
   * The files of one model differ by their tensors only, so the rest must be equally large in all.
   */
  @Test
  void sizes_ofEveryFileType_areThoseOfLlamaCpp() throws IOException {
    Map<String, Long> rest = new TreeMap<>();
    Matcher m = Pattern.compile("\"(\\w+)\\.plain\": *\\{\\s*\"bytes\": *(\\d+)").matcher(golden());
    while (m.find()) {
      QuantizationPlan plan =
          Requests.of(m.group(1))
              .plan(Models.sized(Models.metadata(6, 256, 768, 4096), FormatId.F32), writer);
      long tensors = plan.contents().tensors().stream().mapToLong(PlannedTensor::byteSize).sum();
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
