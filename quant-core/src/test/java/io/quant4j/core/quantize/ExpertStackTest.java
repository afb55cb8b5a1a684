package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.QuantizationRecipe;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.core.discovery.Extensions;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Experts stored one by one become one tensor. */
class ExpertStackTest {
  private static final int EXPERTS = 3;
  private static final TensorRole STACK = TensorRole.weight(Kind.EXPERT_DOWN, 0);

  private final MemoryWriter writer = new MemoryWriter();

  private static ModelMetadata metadata() {
    return Models.small().toBuilder().expertCount(EXPERTS).expertUsedCount(2).build();
  }

  private static float[] values(int expert, Shape shape) {
    return MemoryCheckpoint.random(50 + expert, shape);
  }

  private static MemoryCheckpoint add(
      MemoryCheckpoint model, int expert, FormatId format, Shape shape) {
    return model.add(
        "experts." + expert,
        Optional.of(STACK.ofExpert(expert)),
        format,
        shape,
        values(expert, shape));
  }

  /** In an order that no file has. */
  private static MemoryCheckpoint model(FormatId format, Shape shape) {
    MemoryCheckpoint model = new MemoryCheckpoint(Models.HUGGING_FACE, metadata());
    for (int expert : new int[] {2, 0, 1}) {
      add(model, expert, format, shape);
    }
    return model;
  }

  @ParameterizedTest
  @CsvSource({
    "F32, Q8_0, 7, 32, 1",
    "BF16, Q4_0, 5, 64, 3",
    "F32, F32, 3, 5, 2",
    "BF16, F16, 3, 5, 2",
    "F32, Q4_K, 700, 1024, 2",
    "F16, F16, 700, 1024, 2"
  })
  void run_withSeparateExperts_writesThemOneAfterTheOther(
      String from, String to, int rows, int cols, int threads) {
    Shape shape = Shape.of(rows, cols);
    Requests request =
        Requests.of(QuantizationRecipe.of("Q8_0").with(Requests.override("exps", new FormatId(to))))
            .threads(threads);

    QuantizationReport report = request.run(model(new FormatId(from), shape), writer);

    byte[] stack = writer.written("blk.0.ffn_down_exps.weight");
    int part = stack.length / EXPERTS;
    for (int expert = 0; expert < EXPERTS; expert++) {
      assertThat(Arrays.copyOfRange(stack, expert * part, (expert + 1) * part))
          .as("expert %d", expert)
          .isEqualTo(alone(new FormatId(from), new FormatId(to), expert, shape));
    }
    assertThat(report.tensors()).hasSize(1);
    assertThat(report.tensors().getFirst().shape()).isEqualTo(Shape.of(EXPERTS, rows, cols));
  }

  /** Bytes of one expert: stored, read and stored again by the formats' own rules. */
  private static byte[] alone(FormatId from, FormatId to, int expert, Shape shape) {
    MemorySegment stored = MemoryCheckpoint.stored(from, shape, values(expert, shape));
    float[] read = new float[(int) shape.elements()];
    Extensions.installed().findFormat(from).orElseThrow().decode(stored, 0, read, 0, read.length);
    return MemoryCheckpoint.stored(to, shape, read).toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void run_withRouter_keepsItExact() {
    MemoryCheckpoint model = model(FormatId.BF16, Shape.of(4, 32));
    Shape shape = Shape.of(EXPERTS, 32);
    model.add(
        "router",
        Optional.of(TensorRole.weight(Kind.EXPERT_ROUTER, 0)),
        FormatId.F32,
        shape,
        values(9, shape));

    Requests.of("Q4_0").run(model, writer);

    assertThat(writer.written("blk.0.ffn_gate_inp.weight"))
        .isEqualTo(
            MemoryCheckpoint.stored(FormatId.F32, shape, values(9, shape))
                .toArray(ValueLayout.JAVA_BYTE));
  }

  @Test
  void run_withMissingExpert_isRefused() {
    MemoryCheckpoint model = new MemoryCheckpoint(Models.HUGGING_FACE, metadata());
    add(add(model, 0, FormatId.F32, Shape.of(2, 32)), 2, FormatId.F32, Shape.of(2, 32));
    assertThatThrownBy(() -> Requests.of("Q8_0").run(model, writer))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("2 of 3 experts");
  }

  @Test
  void run_withExpertsOfDifferentShapesOrFormats_isRefused() {
    MemoryCheckpoint shapes = new MemoryCheckpoint(Models.HUGGING_FACE, metadata());
    MemoryCheckpoint formats = new MemoryCheckpoint(Models.HUGGING_FACE, metadata());
    for (int expert = 0; expert < EXPERTS; expert++) {
      add(shapes, expert, FormatId.F32, Shape.of(2 + expert, 32));
      add(formats, expert, expert == 1 ? FormatId.BF16 : FormatId.F32, Shape.of(2, 32));
    }
    assertThatThrownBy(() -> Requests.of("Q8_0").run(shapes, writer))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("[3, 32], the first [2, 32]");
    assertThatThrownBy(() -> Requests.of("Q8_0").run(formats, writer))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContainingAll("experts.1", "BF16", "F32");
  }
}
