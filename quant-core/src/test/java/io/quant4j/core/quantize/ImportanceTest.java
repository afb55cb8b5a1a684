package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.ImportanceUse;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.spi.ImportanceOrigin;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportanceTest {
  private static final String UP = "blk.0.ffn_up.weight";
  private static final String STACK = "blk.0.ffn_up_exps.weight";

  private final MemoryWriter writer = new MemoryWriter();

  private static ImportanceMatrix matrix(String name, Entry entry) {
    TreeMap<String, Entry> entries = new TreeMap<>();
    entries.put(name, entry);
    return new ImportanceMatrix(List.of("text"), 3, 512, entries);
  }

  private static Entry random(int matrices, int cols) {
    SplittableRandom random = new SplittableRandom(7);
    float[] sums = new float[matrices * cols];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = (float) Math.exp(4 * random.nextGaussian());
    }
    float[] counts = new float[matrices];
    for (int i = 0; i < matrices; i++) {
      counts[i] = i + 1;
    }
    return new Entry(sums, counts);
  }

  private static MemoryCheckpoint one(String name, Shape shape) {
    return new MemoryCheckpoint(MemoryWriter.NAME, Models.small())
        .add(name, Optional.empty(), FormatId.F32, shape, MemoryCheckpoint.random(5, shape));
  }

  @Test
  void entry_ofAnotherSize_isRefusedWithSizesAndRemedy() {
    assertThatThrownBy(() ->
            Requests.of("Q4_0")
                .importance(matrix(UP, random(1, 128)))
                .run(one(UP, Shape.of(4, 256)), writer))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(UP)
        .hasMessageContaining("128 numbers")
        .hasMessageContaining("1 x 256 columns")
        .hasMessageContaining("another model");
    assertThat(writer.output).isNull();
  }

  @Test
  void matrix_thatKnowsNothingOfTheModel_isRefused() {
    assertThatThrownBy(() ->
            Requests.of("Q4_0")
                .importance(matrix("blk.0.other.weight", random(1, 256)))
                .run(one(UP, Shape.of(4, 256)), writer))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("blk.0.other.weight")
        .hasMessageContaining("another model");
    ImportanceUse mistyped =
        new ImportanceUse(
            new ImportanceUse.Source.InMemory(matrix(UP, random(1, 256))),
            List.of("fnn"),
            List.of());
    assertThatThrownBy(
            () -> Requests.of("Q4_0").importance(mistyped).run(one(UP, Shape.of(4, 256)), writer))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("[fnn]");
  }

  @Test
  void entry_ofTheEmbedding_needNotFit() {
    MemoryCheckpoint source =
        one("token_embd.weight", Shape.of(4, 256))
            .add(
                UP,
                Optional.empty(),
                FormatId.F32,
                Shape.of(4, 256),
                MemoryCheckpoint.random(5, Shape.of(4, 256)));

    ImportanceMatrix unfit = matrix("token_embd.weight", random(1, 128));
    TreeMap<String, Entry> entries = new TreeMap<>(unfit.entries());
    entries.put(UP, random(1, 256));
    ImportanceMatrix both = new ImportanceMatrix(List.of(), 1, 512, entries);

    QuantizationReport report = Requests.of("Q4_0").importance(both).run(source, writer);

    assertThat(report.withoutImportance()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, -1})
  void entry_thatIsNoMeanOfSquares_isMalformed(float bad) {
    Entry entry = random(1, 256);
    entry.sums()[17] = bad;

    assertThatThrownBy(() ->
            Requests.of("Q4_0")
                .importance(matrix(UP, entry))
                .run(one(UP, Shape.of(4, 256)), writer))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining(UP)
        .hasMessageContaining("sum 17");
  }

  @Test
  void stack_isEncodedMatrixByMatrixWithItsOwnWeights() {
    Shape shape = Shape.of(3, 5, 256);
    Entry entry = random(3, 256);
    MemoryCheckpoint source = one(STACK, shape);
    Requests.of("Q4_0").threads(2).importance(matrix(STACK, entry)).run(source, writer);
    byte[] together = writer.written(STACK);

    float[] values = MemoryCheckpoint.random(5, shape);
    for (int e = 0; e < 3; e++) {
      float[] sums = Arrays.copyOfRange(entry.sums(), e * 256, (e + 1) * 256);
      Entry own = new Entry(sums, new float[] {entry.counts()[e]});
      MemoryCheckpoint single =
          new MemoryCheckpoint(MemoryWriter.NAME, Models.small())
              .add(
                  UP,
                  Optional.empty(),
                  FormatId.F32,
                  Shape.of(5, 256),
                  Arrays.copyOfRange(values, e * 5 * 256, (e + 1) * 5 * 256));
      MemoryWriter alone = new MemoryWriter();
      Requests.of("Q4_0").importance(matrix(UP, own)).run(single, alone);
      byte[] part = Arrays.copyOfRange(together, e * 5 * 144, (e + 1) * 5 * 144);
      assertThat(part).as("expert %d", e).isEqualTo(alone.written(UP));
    }
    MemoryWriter unweighted = new MemoryWriter();
    Requests.of("Q4_0").run(source, unweighted);
    assertThat(together).isNotEqualTo(unweighted.written(STACK));
  }

  @Test
  void stack_countedOnce_isCutIntoMatrices() {
    Entry perMatrix = new Entry(random(3, 256).sums(), new float[] {2, 2, 2});
    Entry once = new Entry(random(3, 256).sums(), new float[] {2});
    MemoryWriter second = new MemoryWriter();

    Requests.of("Q4_0")
        .importance(matrix(STACK, perMatrix))
        .run(one(STACK, Shape.of(3, 5, 256)), writer);
    Requests.of("Q4_0")
        .importance(matrix(STACK, once))
        .run(one(STACK, Shape.of(3, 5, 256)), second);

    assertThat(second.written(STACK)).isEqualTo(writer.written(STACK));
  }

  @Test
  void missingEntries_areReportedWhereTheyWouldHaveCounted() {
    MemoryCheckpoint source = Models.random(MemoryWriter.NAME, Models.small(), FormatId.F32);
    ImportanceMatrix matrix = matrix(UP, random(1, 256));

    assertThat(Requests.of("Q4_0").importance(matrix).run(source, writer).withoutImportance())
        .contains("blk.1.ffn_up.weight", "blk.0.attn_q.weight")
        .doesNotContain(UP, "token_embd.weight", "blk.0.attn_norm.weight")
        .hasSize(13);
    ImportanceUse some =
        new ImportanceUse(new ImportanceUse.Source.InMemory(matrix), List.of("ffn_up"), List.of());
    assertThat(Requests.of("Q4_0").importance(some).run(source, writer).withoutImportance())
        .containsExactly("blk.1.ffn_up.weight");
    assertThat(Requests.of("Q8_0").importance(matrix).run(source, writer).withoutImportance())
        .isEmpty(); // Q8_0 makes no use of it
  }

  @Test
  void excludedEntries_changeNothing() {
    MemoryCheckpoint source = one(UP, Shape.of(4, 256));
    ImportanceUse excluded =
        new ImportanceUse(
            new ImportanceUse.Source.InMemory(matrix(UP, random(1, 256))),
            List.of(),
            List.of("ffn"));
    MemoryWriter plain = new MemoryWriter();

    Requests.of("Q4_0").importance(excluded).run(source, writer);
    Requests.of("Q4_0").run(source, plain);

    assertThat(writer.written(UP)).isEqualTo(plain.written(UP));
    assertThat(writer.output().contents.importance()).isEmpty();
  }

  @Test
  void origin_isToldToTheContainer() {
    Requests.of("Q4_0")
        .importance(matrix(UP, random(1, 256)))
        .run(one(UP, Shape.of(4, 256)), writer);

    assertThat(writer.output().contents.importance())
        .contains(new ImportanceOrigin(Optional.empty(), Optional.of("text"), 1, 3));
  }

  @Test
  void mix_knowsOfTheMatrix() {
    MemoryCheckpoint source = Models.sized(Models.metadata(8, 256, 256, 10), FormatId.F16);
    QuantizationPlan plan =
        Requests.of("Q4_0").importance(matrix(UP, random(1, 256))).plan(source, writer);

    assertThat(Requests.formats(plan))
        .containsEntry("blk.0.ffn_down.weight", "Q4_1")
        .containsEntry("blk.1.ffn_down.weight", "Q4_0");
  }

  @Test
  void lowestBits_withoutTheirEntry_areRefusedAndPreviewed() {
    MemoryCheckpoint source = Models.random(MemoryWriter.NAME, Models.small(), FormatId.F32);
    Requests request = Requests.of("Q2_K_S").importance(matrix(UP, random(1, 256)));

    assertThatThrownBy(() -> request.run(source, writer))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Q2_K is useless without")
        .hasMessageContaining("does not know this");
    assertThat(request.preview(source, writer).needingImportance())
        .contains("blk.1.ffn_up.weight")
        .doesNotContain(UP, "token_embd.weight");
    assertThat(writer.output).isNull();
  }

  /** llama-quantize ends the process here. */
  @Test
  void pureLowestBits_leaveTheEmbeddingToTheMix() {
    QuantizationPlan plan =
        Requests.of(Requests.recipe("IQ2_XS", true, Optional.empty(), Optional.empty()))
            .plan(Models.sized(), writer);

    assertThat(Requests.formats(plan))
        .containsEntry("token_embd.weight", "Q5_K")
        .containsEntry("blk.0.attn_v.weight", "IQ2_XS");
    assertThat(plan.needs())
        .extracting(QuantizationPlan.Need::name)
        .contains("blk.0.attn_v.weight")
        .doesNotContain("token_embd.weight");
  }

  @Test
  void lowestBits_askedForTheEmbedding_areRefused() {
    QuantizationPlan plan =
        Requests.of(
                Requests.recipe(
                    "Q8_0", false, Optional.empty(), Optional.of(new FormatId("IQ2_XS"))))
            .plan(Models.sized(), writer);

    assertThat(plan.needs())
        .extracting(QuantizationPlan.Need::name)
        .containsExactly("token_embd.weight");
  }
}
