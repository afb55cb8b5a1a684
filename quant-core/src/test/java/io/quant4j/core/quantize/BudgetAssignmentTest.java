package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.QuantizationPreview;
import io.quant4j.api.QuantizationRecipe;
import io.quant4j.api.QuantizationRecipe.FormatOverride;
import io.quant4j.api.SizeTarget;
import io.quant4j.api.TensorSensitivity;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.tensor.FormatId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Formats that a size decides. */
class BudgetAssignmentTest {
  private final MemoryWriter writer = new MemoryWriter();
  private final MemoryCheckpoint source = Models.small(FormatId.BF16);

  private Map<String, String> formats(SizeTarget target, Optional<TensorSensitivity> sensitivity) {
    Map<String, String> formats = new TreeMap<>();
    Requests.of("Q4_K_M")
        .sized(target, sensitivity)
        .preview(source, writer)
        .tensors()
        .forEach(t -> formats.put(t.name(), t.targetFormat().name()));
    return formats;
  }

  private QuantizationPreview preview(SizeTarget target) {
    return Requests.of("Q4_K_M").sized(target, Optional.empty()).preview(source, writer);
  }

  @Test
  void assign_bitsPerWeight_usesAlmostAllOfThemAndNoMore() {
    for (double bits : new double[] {3, 4.5, 6, 9}) {
      assertThat(preview(new SizeTarget.BitsPerWeight(bits)).bitsPerWeight())
          .as("%s bits", bits)
          .isBetween(bits - 0.12, bits);
    }
  }

  @Test
  void assign_bytes_usesAlmostAllOfThemAndNoMore() {
    long bytes = preview(new SizeTarget.BitsPerWeight(5)).fileBytes();

    QuantizationPreview same = preview(new SizeTarget.Bytes(bytes));

    assertThat(same.fileBytes()).isBetween(bytes * 49 / 50, bytes);
  }

  @Test
  void assign_moreBytesThanNeeded_keepsWhatIsStored() {
    assertThat(formats(new SizeTarget.BitsPerWeight(32), Optional.empty()))
        .containsEntry("token_embd.weight", "BF16")
        .containsEntry("blk.1.ffn_down.weight", "BF16");
  }

  @Test
  void assign_oneSensitiveMatrix_givesItTheBits() {
    Map<String, Double> losses = new TreeMap<>();
    formats(new SizeTarget.BitsPerWeight(6), Optional.empty())
        .keySet()
        .forEach(name -> losses.put(name, 1e-6));
    losses.put("blk.1.attn_k.weight", 1.0);

    Map<String, String> formats =
        formats(
            new SizeTarget.BitsPerWeight(3.5),
            Optional.of(new TensorSensitivity(new TreeMap<>(losses))));

    assertThat(formats).containsEntry("blk.1.attn_k.weight", "BF16");
    assertThat(formats.get("blk.0.attn_k.weight")).isIn("Q2_K", "Q3_K", "IQ4_XS");
  }

  @Test
  void assign_override_staysAndTheRestMakesRoom() {
    SizeTarget target = new SizeTarget.BitsPerWeight(4.5);
    QuantizationPreview preview =
        Requests.of(
                QuantizationRecipe.of("Q4_K_M").with(Requests.override("ffn_down", FormatId.Q8_0)))
            .sized(target, Optional.empty())
            .preview(source, writer);

    assertThat(preview.bitsPerWeight()).isLessThanOrEqualTo(4.5);
    assertThat(preview.tensors())
        .filteredOn(t -> t.name().contains("ffn_down"))
        .allMatch(t -> t.targetFormat().equals(FormatId.Q8_0));
  }

  @Test
  void overrides_ofAPlan_giveItsFormatsAgain(@TempDir Path directory) throws IOException {
    QuantizationPreview plan = preview(new SizeTarget.BitsPerWeight(4.5));
    Path kept = Files.writeString(directory.resolve("plan.txt"), plan.overrides());

    QuantizationRecipe recipe = QuantizationRecipe.of("Q8_0");
    for (FormatOverride override : FormatOverride.read(kept)) {
      recipe = recipe.with(override);
    }

    assertThat(Requests.of(recipe).preview(source, writer).tensors()).isEqualTo(plan.tensors());
  }

  @Test
  void assign_lessThanTheSmallestFormats_isRefusedWithTheBytesNeeded() {
    assertThatThrownBy(() -> formats(new SizeTarget.BitsPerWeight(2), Optional.empty()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("even in their smallest formats");
  }

  @Test
  void assign_sensitivityOfAnotherModel_isRefusedNamingTheMatrix() {
    TensorSensitivity other = new TensorSensitivity(new TreeMap<>(Map.of("x.weight", 1.0)));

    assertThatThrownBy(() -> formats(new SizeTarget.BitsPerWeight(5), Optional.of(other)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("TOKEN_EMBEDDING");
  }
}
