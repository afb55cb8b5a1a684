package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.QuantizationRecipe;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizationReport.TensorReport;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerChangesTest {
  private final MemoryWriter writer = new MemoryWriter();

  @Test
  void contents_areInTheTargetsConventions() {
    MemoryCheckpoint source = Models.sized(Models.withLlama3Scaling(Models.small()), FormatId.BF16);

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

  @ParameterizedTest
  @CsvSource({"BF16, BF16", "F32, F16", "F32, Q8_0", "BF16, Q4_K"})
  void run_betweenRotaryLayouts_movesRowsOfQueryAndKeyOnly(String from, String to) {
    FormatId target = new FormatId(to);
    MemoryCheckpoint source = Models.small(new FormatId(from));
    for (TensorRole.Kind kind :
        List.of(TensorRole.Kind.ATTENTION_QUERY, TensorRole.Kind.ATTENTION_KEY)) {
      source.add(
          "bias of " + kind,
          Optional.of(TensorRole.bias(kind, 0)),
          FormatId.F32,
          Shape.of(64),
          MemoryCheckpoint.random(77, Shape.of(64)));
    }
    MemoryWriter unmoved = new MemoryWriter(RotaryLayout.HALF_SPLIT, true);
    Requests request =
        Requests.of(QuantizationRecipe.of("Q8_0").with(Requests.override("", target))).threads(2);
    QuantizationReport reference = request.run(source, unmoved);

    request.run(source, writer);

    for (int i = 0; i < reference.tensors().size(); i++) {
      TensorReport tensor = reference.tensors().get(i);
      boolean moved = tensor.name().contains("attn_q.") || tensor.name().contains("attn_k.");
      byte[] before = unmoved.output().bytes.get(i);
      byte[] expected = moved ? interleaved(before, tensor.shape()) : before;
      assertThat(writer.output().bytes.get(i)).as(tensor.name()).isEqualTo(expected);
    }
  }

  /** Heads of 32 rows, each reordered as (2, 16) swapped to (16, 2). */
  private static byte[] interleaved(byte[] rows, Shape shape) {
    int count = (int) (shape.rank() == 1 ? shape.cols() : shape.rows());
    int rowBytes = rows.length / count;
    byte[] moved = new byte[rows.length];
    for (int row = 0; row < count; row++) {
      int head = row / 32;
      int half = row % 32 / 16;
      int i = row % 16;
      System.arraycopy(
          rows, row * rowBytes, moved, (head * 32 + 2 * i + half) * rowBytes, rowBytes);
    }
    return moved;
  }

  @Test
  void run_withLlama3Scaling_addsTheFactors() {
    ModelMetadata metadata =
        Models.withLlama3Scaling(Models.small()).toBuilder().ropeBase(500_000).build();
    Requests.of("Q8_0").run(Models.random(Models.HUGGING_FACE, metadata, FormatId.BF16), writer);

    float[] factors = new float[16];
    ByteBuffer.wrap(writer.written("rope_freqs.weight"))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(factors);
    for (int i = 0; i < 16; i++) {
      double wavelength = 2 * Math.PI * Math.pow(500_000, 2 * i / 32.0);
      double t = (8192 / wavelength - 1) / 3;
      double expected = t > 1 ? 1 : t < 0 ? 8 : 1 / ((1 - t) / 8 + t);
      assertThat((double) factors[i]).as("factor %d", i).isCloseTo(expected, within(1e-6));
    }
    assertThat(factors[0]).isEqualTo(1);
    assertThat(factors[15]).isEqualTo(8);
  }

  @Test
  void run_withOffsetOfNorms_addsItToNormsOnly() {
    ModelMetadata metadata = Models.small().toBuilder().normOffset(1).build();
    MemoryCheckpoint source = Models.random(Models.HUGGING_FACE, metadata, FormatId.BF16);
    MemoryWriter plain = new MemoryWriter();
    Requests.of("F32")
        .run(Models.random(Models.HUGGING_FACE, Models.small(), FormatId.BF16), plain);

    Requests.of("F32").run(source, writer);

    assertThat(writer.output().contents.metadata().normOffset()).isZero();
    for (int i = 0; i < writer.output().bytes.size(); i++) {
      TensorRole role = writer.output().contents.tensors().get(i).role().orElseThrow();
      float[] before = floats(plain.output().bytes.get(i));
      float[] after = floats(writer.output().bytes.get(i));
      for (int e = 0; e < before.length; e++) {
        assertThat(after[e]).as("%s", role).isEqualTo(before[e] + (role.kind().norm() ? 1 : 0));
      }
    }
  }

  @Test
  void run_withLongRope_addsBothSetsOfFactors() {
    List<Float> longs = new ArrayList<>();
    List<Float> shorts = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      longs.add(2f + i);
      shorts.add(1f + i / 16f);
    }
    ModelMetadata metadata =
        Models.small().toBuilder()
            .ropeScaling(new RopeScaling.LongRope(longs, shorts, 64, 1.25f))
            .build();

    Requests.of("Q8_0").run(Models.random(Models.HUGGING_FACE, metadata, FormatId.BF16), writer);

    assertThat(writer.output().contents.metadata().ropeScaling())
        .isEqualTo(new RopeScaling.StoredLongRope(64, 1.25f));
    assertThat(floats(writer.written("rope_factors_long.weight"))).startsWith(2, 3).endsWith(17);
    assertThat(floats(writer.written("rope_factors_short.weight"))).startsWith(1, 1.0625f);
    ModelMetadata tooFew =
        metadata.toBuilder()
            .ropeScaling(new RopeScaling.LongRope(longs.subList(1, 16), shorts, 64, 1))
            .build();
    assertThatThrownBy(() -> Requests.of("Q8_0").plan(Models.sized(tooFew, FormatId.BF16), writer))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("15 factors for 32 rotated elements");
  }

  private static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}
