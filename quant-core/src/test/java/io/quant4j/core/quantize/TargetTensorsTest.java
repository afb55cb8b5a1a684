package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.FileSplit;
import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TargetTensorsTest {
  private final MemoryWriter writer = new MemoryWriter();

  @Test
  void pruning_dropsLayersAndMovesTheOthersUp() {
    MemoryCheckpoint source =
        Models.random(MemoryWriter.NAME, Models.metadata(4, 256, 256, 10), FormatId.F16);
    source.add(
        "blk.3.odd.weight",
        Optional.empty(),
        FormatId.F16,
        Shape.of(1, 32),
        MemoryCheckpoint.random(9, Shape.of(1, 32)));
    MemoryWriter whole = new MemoryWriter();
    Requests.of("F16").run(source, whole);

    Requests.of("F16").without(0, 2).run(source, writer);

    assertThat(writer.output().contents.metadata().layerCount()).isEqualTo(2);
    assertThat(writer.output().contents.tensors()).hasSize(2 + 2 * 9 + 1);
    for (String part : List.of("attn_q", "ffn_down", "attn_norm")) {
      assertThat(writer.written("blk.0." + part + ".weight"))
          .isEqualTo(whole.written("blk.1." + part + ".weight"));
      assertThat(writer.written("blk.1." + part + ".weight"))
          .isEqualTo(whole.written("blk.3." + part + ".weight"));
    }
    assertThat(writer.written("blk.1.odd.weight")).isEqualTo(whole.written("blk.3.odd.weight"));
  }

  @Test
  void pruning_findsImportanceUnderTheOldName() {
    MemoryCheckpoint source =
        Models.random(MemoryWriter.NAME, Models.metadata(3, 256, 256, 10), FormatId.F16);
    TreeMap<String, Entry> entries = new TreeMap<>();
    float[] sums = new float[256];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = 1 + i * i;
    }
    entries.put("blk.2.attn_q.weight", new Entry(sums, new float[] {1}));
    ImportanceMatrix matrix = new ImportanceMatrix(List.of(), 1, 512, entries);
    MemoryWriter whole = new MemoryWriter();
    Requests.of("Q4_0").importance(matrix).run(source, whole);

    var report = Requests.of("Q4_0").importance(matrix).without(0).run(source, writer);

    assertThat(writer.written("blk.1.attn_q.weight"))
        .isEqualTo(whole.written("blk.2.attn_q.weight"));
    assertThat(report.withoutImportance())
        .contains("blk.0.attn_q.weight")
        .doesNotContain("blk.1.attn_q.weight");
  }

  @Test
  void pruning_ofLayersThatAreNotThere_isRefused() {
    for (Integer[] layers : List.of(new Integer[] {2}, new Integer[] {-1}, new Integer[] {0, 1})) {
      assertThatThrownBy(() -> Requests.of("F16").without(layers).plan(Models.sized(), writer))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("0 to 1");
    }
  }

  @Test
  void copy_keepsFormatsAndOrder() {
    MemoryCheckpoint source = Models.random(MemoryWriter.NAME, Models.small(), FormatId.BF16);

    Requests.of("copy").run(source, writer);

    assertThat(writer.output().contents.fileType()).isEmpty();
    assertThat(writer.output().contents.tensors())
        .extracting(t -> t.sourceName() + " " + t.format())
        .isEqualTo(
            source.tensors().stream().map(t -> t.info().name() + " " + t.info().format()).toList());
  }

  @Test
  void fileType_byItsNumber_isTheContainers() {
    assertThat(Requests.of("7").preview(Models.sized(), writer).fileType()).isEqualTo("Q8_0");
    assertThatThrownBy(() -> Requests.of("8").plan(Models.sized(), writer))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Q8_0");
  }

  @Test
  void files_ofAnotherContainer_cannotBeKept() {
    assertThatThrownBy(
            () -> Requests.of("F16").split(new FileSplit.AsSource()).plan(Models.sized(), writer))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Split by size");
  }

  @Test
  void preview_saysWhatTheRunDoes() {
    MemoryCheckpoint source = Models.random(MemoryWriter.NAME, Models.small(), FormatId.F16);
    Requests request = Requests.of("Q4_K_M").split(new FileSplit.MaxTensors(7, true));

    var preview = request.preview(source, writer);
    assertThat(writer.output).isNull();
    var report = request.run(source, writer);

    assertThat(preview.files()).isEqualTo(report.files()).hasSize(4);
    assertThat(preview.targetBytes()).isEqualTo(report.targetBytes());
    assertThat(preview.tensors())
        .extracting(t -> t.name() + t.targetFormat() + t.targetBytes())
        .isEqualTo(
            report.tensors().stream()
                .map(t -> t.name() + t.targetFormat() + t.targetBytes())
                .toList());
    assertThat(writer.output().contents.tensorsPerFile()).containsExactly(0, 7, 7, 6);
  }
}
