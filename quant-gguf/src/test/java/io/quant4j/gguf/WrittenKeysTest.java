package io.quant4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.MetadataValue;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.ImportanceOrigin;
import io.quant4j.contract.SampleModel;
import io.quant4j.gguf.file.GgufFile;
import io.quant4j.gguf.file.GgufType;
import io.quant4j.gguf.file.GgufValue;
import io.quant4j.gguf.mapping.TensorTypes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys that the user or the quantizer adds to those of the model. */
class WrittenKeysTest {
  @TempDir Path directory;

  private static CheckpointContents contents(
      ModelMetadata model,
      Optional<ImportanceOrigin> importance,
      Map<String, MetadataValue> overrides) {
    return new CheckpointContents(
        model,
        Optional.empty(),
        GenerationDefaults.none(),
        Optional.empty(),
        List.of(),
        importance,
        overrides,
        List.of());
  }

  private Map<String, GgufValue> written(CheckpointContents contents) {
    Path target = directory.resolve("m.gguf");
    try (var output = new GgufWriter().create(target, contents)) {
      output.commit();
    }
    try (GgufFile file = GgufFile.open(target, TensorTypes::byId)) {
      return Map.copyOf(file.values());
    }
  }

  private Map<String, GgufValue> written(Map<String, MetadataValue> overrides) {
    return written(contents(SampleModel.metadata("llama").build(), Optional.empty(), overrides));
  }

  @Test
  void overrides_areWrittenInTheTypesThatReadersExpect() {
    Map<String, GgufValue> values =
        written(
            Map.of(
                "general.name", MetadataValue.parse("str:another"),
                "llama.rope.freq_base", MetadataValue.parse("float:12345"),
                "llama.context_length", MetadataValue.parse("int:77"),
                "my.negative", MetadataValue.parse("int:-7"),
                "my.long", MetadataValue.parse("int:5000000000"),
                "my.flag", MetadataValue.parse("bool:true")));

    assertThat(values)
        .containsEntry("general.name", GgufValue.text("another"))
        .containsEntry("llama.rope.freq_base", GgufValue.float32(12345))
        .containsEntry("llama.context_length", GgufValue.uint32(77))
        .containsEntry("my.negative", GgufValue.int32(-7))
        .containsEntry("my.long", new GgufValue.Int(GgufType.INT64, 5_000_000_000L))
        .containsEntry("my.flag", GgufValue.bool(true));
  }

  @ParameterizedTest
  @CsvSource({
    "general.architecture, str:qwen2, cannot be overridden",
    "split.count, int:3, cannot be overridden",
    "general.alignment, int:33, not a power of two",
    "general.alignment, str:x, not a power of two",
    "llama.block_count, str:many, cannot be read",
    "llama.attention.head_count, int:0, cannot be read"
  })
  void overrides_thatMakeNoModel_areRefused(String key, String value, String reason) {
    CheckpointContents contents =
        contents(
            SampleModel.metadata("llama").build(),
            Optional.empty(),
            Map.of(key, MetadataValue.parse(value)));
    Path target = directory.resolve("m.gguf");

    QuantException error =
        catchThrowableOfType(
            QuantException.class, () -> new GgufWriter().create(target, contents).close());

    assertThat(error).isInstanceOf(InvalidRequestException.class).hasMessageContaining(reason);
    assertThat(error.subject()).contains(key);
    assertThat(Files.exists(target)).isFalse();
  }

  @Test
  void importance_isRecordedAsUpstreamDoes() {
    String longName = "ä".repeat(63) + "€" + "x".repeat(50); // 126 bytes, then a character of 3

    Map<String, GgufValue> values =
        written(
            contents(
                SampleModel.metadata("llama").build(),
                Optional.of(
                    new ImportanceOrigin(Optional.of(longName), Optional.of("a.txt"), 42, 200)),
                Map.of()));

    assertThat(values)
        .containsEntry("quantize.imatrix.file", GgufValue.text("ä".repeat(63)))
        .containsEntry("quantize.imatrix.dataset", GgufValue.text("a.txt"))
        .containsEntry("quantize.imatrix.entries_count", GgufValue.uint32(42))
        .containsEntry("quantize.imatrix.chunks_count", GgufValue.uint32(200));
  }

  @Test
  void importance_replacesWhatAnEarlierOneLeft() {
    Path first = directory.resolve("m.gguf");
    written(
        contents(
            SampleModel.metadata("llama").build(),
            Optional.of(new ImportanceOrigin(Optional.of("old"), Optional.of("old.txt"), 1, 2)),
            Map.of()));
    ModelMetadata read;
    try (Checkpoint checkpoint = new GgufReader().open(first)) {
      read = checkpoint.metadata();
    }

    assertThat(written(contents(read, Optional.empty(), Map.of())))
        .containsEntry("quantize.imatrix.file", GgufValue.text("old"));
    assertThat(
            written(
                contents(
                    read,
                    Optional.of(new ImportanceOrigin(Optional.empty(), Optional.empty(), 3, 0)),
                    Map.of())))
        .containsEntry("quantize.imatrix.entries_count", GgufValue.uint32(3))
        .doesNotContainKeys(
            "quantize.imatrix.file", "quantize.imatrix.dataset", "quantize.imatrix.chunks_count");
  }
}
